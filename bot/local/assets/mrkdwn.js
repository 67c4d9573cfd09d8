// Slack's mrkdwn as DOM nodes: https://docs.slack.dev/messaging/formatting-message-text
import { element } from "./dom.js";

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", zap: "⚡", rocket: "🚀", moneybag: "💰",
  balance_scale: "⚖️", scales: "⚖️", chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", mag: "🔍", bulb: "💡", information_source: "ℹ️", question: "❓",
  zzz: "💤", bell: "🔔", no_bell: "🔕", calendar: "📅", star: "⭐", sparkles: "✨", tada: "🎉", wave: "👋", eyes: "👀",
  thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", robot_face: "🤖", gear: "⚙️", lock: "🔒", key: "🔑",
  arrow_right: "➡️", arrow_up: "⬆️", arrow_down: "⬇️", point_right: "👉", small_blue_diamond: "🔹", dollar: "💵",
  large_green_circle: "🟢", large_yellow_circle: "🟡", red_circle: "🔴", white_circle: "⚪", test_tube: "🧪",
};
// A zero-width space inside a marker keeps it from being one, as white space does.
const INLINE = new RegExp(
  [
    "<(?<special>[^<>\\n]+)>",
    "`(?<code>[^`\\n]+)`",
    "(?<![\\p{L}\\p{N}*])\\*(?<bold>[^\\s\\u200b*](?:[^*\\n]*[^\\s\\u200b*])?)\\*(?![\\p{L}\\p{N}*])",
    "(?<![\\p{L}\\p{N}_])_(?<italic>[^\\s\\u200b_](?:[^_\\n]*[^\\s\\u200b_])?)_(?![\\p{L}\\p{N}_])",
    "(?<![\\p{L}\\p{N}~])~(?<strike>[^\\s\\u200b~](?:[^~\\n]*[^\\s\\u200b~])?)~(?![\\p{L}\\p{N}~])",
    ":(?<emoji>[a-z0-9_+-]+):",
  ].join("|"),
  "gu",
);

const decoded = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export function emoji(name) {
  return EMOJI[name] ?? `:${name}:`;
}

export function link(address, words) {
  if (!/^(https?:\/\/|mailto:)/i.test(address)) return document.createTextNode(words);
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, words);
}

// `names` maps the ids of people and channels to what is shown for them.
export function mrkdwn(text, names) {
  const shown = document.createDocumentFragment();
  text.split("```").forEach((part, index) => {
    if (index % 2) shown.append(element("pre", {}, decoded(part.replace(/^\n|\n$/g, ""))));
    else shown.append(...lines(part, names));
  });
  return shown;
}

function lines(text, names) {
  return text.split("\n").flatMap((line, index) => {
    const quoted = line.startsWith("&gt;") || line.startsWith(">");
    if (quoted) return [element("blockquote", {}, ...inline(line.replace(/^(&gt;|>) ?/, ""), names))];
    return [...(index ? [element("br")] : []), ...inline(line, names)];
  });
}

function inline(text, names) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(decoded(text.slice(end, match.index)), span(match.groups, names));
    end = match.index + match[0].length;
  }
  nodes.push(decoded(text.slice(end)));
  return nodes.filter((node) => node !== "");
}

function span(found, names) {
  if (found.special) return special(found.special, names);
  if (found.code) return element("code", {}, decoded(found.code));
  if (found.bold) return element("strong", {}, ...inline(found.bold, names));
  if (found.italic) return element("em", {}, ...inline(found.italic, names));
  if (found.strike) return element("del", {}, ...inline(found.strike, names));
  return emoji(found.emoji);
}

function special(inside, names) {
  const [target, words] = inside.split(/\|(.*)/s);
  if (/^[@#]/.test(target)) {
    const known = names.get(target.slice(1)) ?? words ?? target.slice(1);
    return element("span", { className: "mention" }, target[0] + decoded(known));
  }
  if (target.startsWith("!date^")) return date(target, words);
  if (target.startsWith("!")) return element("span", { className: "mention loud" }, `@${target.slice(1).split("^")[0]}`);
  return link(decoded(target), decoded(words ?? target));
}

const DATE = {
  date_num: { dateStyle: "short" }, date: { dateStyle: "long" }, date_short: { dateStyle: "medium" },
  date_long: { dateStyle: "full" }, date_pretty: { dateStyle: "long" }, date_short_pretty: { dateStyle: "medium" },
  date_long_pretty: { dateStyle: "full" }, time: { timeStyle: "short" }, time_secs: { timeStyle: "medium" },
};

function date(target, fallback) {
  const [, seconds, format] = target.split("^");
  const when = new Date(Number(seconds) * 1000);
  if (Number.isNaN(when.getTime()) || !format) return decoded(fallback ?? "");
  const shown = decoded(format).replace(/\{(\w+)\}/g, (token, name) =>
    DATE[name] ? new Intl.DateTimeFormat(undefined, DATE[name]).format(when) : token,
  );
  return element("time", { dateTime: when.toISOString(), title: when.toString() }, shown);
}
