// Blocks as DOM nodes. `context` has `names`, `act(action)`, `suggest(...)` and `places`; see page.js.
import { element } from "./dom.js";
import { interactive } from "./elements.js";
import { emoji, link, mrkdwn } from "./mrkdwn.js";

export function blocks(list, context) {
  return list.map((block) => {
    const draw = BLOCKS[block.type] ?? unknown;
    const node = draw(block, context);
    node.classList.add("block", `block-${block.type}`);
    node.dataset.block = block.block_id ?? "";
    return node;
  });
}

export function words(text, context) {
  if (text.type === "mrkdwn") return mrkdwn(text.text, context.names);
  return text.text.replace(/:([a-z0-9_+-]+):/g, (_, name) => emoji(name));
}

const BLOCKS = {
  header: (block, context) => element("h2", {}, words(block.text, context)),
  divider: () => element("hr"),
  section: drawSection,
  context: (block, context) => element("div", {}, ...block.elements.map((one) => drawInContext(one, context))),
  actions: (block, context) =>
    element("div", {}, ...block.elements.map((one) => interactive(one, block.block_id, context))),
  image: drawImage,
  input: drawInput,
  rich_text: (block, context) => element("div", {}, ...block.elements.map((one) => rich(one, context))),
  table: drawTable,
};

function unknown(block) {
  return element("div", {}, `A ${block.type} block, which this stand-in does not draw.`);
}

function drawSection(block, context) {
  const body = element("div", { className: "section-body" });
  if (block.text) body.append(element("div", { className: "text" }, words(block.text, context)));
  if (block.fields) {
    const fields = block.fields.map((field) => element("div", {}, words(field, context)));
    body.append(element("div", { className: "fields" }, ...fields));
  }
  const accessory = block.accessory && drawAccessory(block, context);
  return element("div", {}, body, accessory);
}

function drawAccessory(block, context) {
  const { accessory } = block;
  if (accessory.type === "image") return picture(accessory, "accessory");
  return interactive(accessory, block.block_id, context);
}

function drawInContext(one, context) {
  if (one.type === "image") return picture(one, "icon");
  return element("span", {}, words(one, context));
}

function drawImage(block, context) {
  const title = block.title && element("figcaption", {}, words(block.title, context));
  return element("figure", {}, title, picture(block, "picture"));
}

// Only this workspace's own files are loaded; anything from elsewhere is named, never fetched.
function picture(image, className) {
  const file = image.slack_file?.id ?? image.slack_file?.url?.split("/files/")[1];
  const own = new URL(image.image_url ?? "about:blank", location.origin);
  if (file) return element("img", { className, alt: image.alt_text, src: `/files/${encodeURIComponent(file)}` });
  if (own.origin === location.origin) return element("img", { className, alt: image.alt_text, src: own.pathname });
  return element("span", { className: "elsewhere", title: image.image_url }, `[image: ${image.alt_text}]`);
}

function drawInput(block, context) {
  const control = interactive(block.element, block.block_id, { ...context, isQuiet: !block.dispatch_action });
  const optional = block.optional ? element("span", { className: "optional" }, " (optional)") : null;
  const hint = block.hint && element("p", { className: "hint" }, words(block.hint, context));
  const isGroup = control.classList.contains("choices");
  const name = element("span", { className: "name" }, words(block.label, context), optional);
  const labelled = element(isGroup ? "div" : "label", { className: "labelled" }, name, control);
  labelled.querySelectorAll("input:not([type=checkbox]), select, textarea").forEach((one) => {
    one.required = !block.optional;
  });
  return element("div", {}, labelled, hint, element("p", { className: "error", role: "alert" }));
}

function drawTable(block, context) {
  const rows = block.rows.map((row) => {
    const cells = row.map((cell) => element("td", {}, cell.text ?? rich(cell, context)));
    return element("tr", {}, ...cells);
  });
  return element("table", {}, ...rows);
}

const RICH = {
  text: (one) => styled(one.text, one.style),
  link: (one) => link(one.url, one.text ?? one.url),
  emoji: (one) => emoji(one.name),
  user: (one, context) => element("span", { className: "mention" }, `@${context.names.get(one.user_id) ?? one.user_id}`),
  channel: (one, context) =>
    element("span", { className: "mention" }, `#${context.names.get(one.channel_id) ?? one.channel_id}`),
  broadcast: (one) => element("span", { className: "mention loud" }, `@${one.range}`),
  rich_text: (one, context) => element("div", {}, ...all(one, context)),
  rich_text_section: (one, context) => element("div", {}, ...all(one, context)),
  rich_text_quote: (one, context) => element("blockquote", {}, ...all(one, context)),
  rich_text_preformatted: (one, context) => element("pre", {}, ...all(one, context)),
  rich_text_list: (one, context) =>
    element(one.style === "ordered" ? "ol" : "ul", {}, ...one.elements.map((item) => element("li", {}, ...all(item, context)))),
};

function rich(one, context) {
  return RICH[one.type] ? RICH[one.type](one, context) : `[${one.type}]`;
}

function all(one, context) {
  return one.elements.map((child) => rich(child, context));
}

function styled(text, style = {}) {
  const tags = { bold: "strong", italic: "em", strike: "del", code: "code" };
  return Object.keys(tags)
    .filter((name) => style[name])
    .reduce((inner, name) => element(tags[name], {}, inner), document.createTextNode(text));
}
