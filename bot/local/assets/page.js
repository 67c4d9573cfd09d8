// The page: what is displayed, what was typed, and a question every 400 ms whether anything is new.
import { blocks } from "./blocks.js";
import { element, post } from "./dom.js";
import { askFirst, showModal } from "./modal.js";
import { mrkdwn } from "./mrkdwn.js";

const POLL_MILLISECONDS = 400;
const EMPTY = element("p", { className: "empty" }, "Nothing here yet. Ask for advice below: /gpu-advise video-gen production");
const by = (id) => document.getElementById(id);
const shown = { state: null, viewer: "U0ADMIN01", channel: "", isHome: false, messages: new Map(), home: "", read: new Map(JSON.parse(sessionStorage.getItem("read") ?? "[]")) };

function names() {
  const { people, channels } = shown.state;
  return new Map([...people.map((one) => [one.id, one.real_name]), ...channels.map((one) => [one.id, one.name])]);
}

// What blocks need to know about where they stand; `source` names the message or view for the server.
function contextOf(source) {
  const { people, channels } = shown.state;
  return {
    names: names(),
    people: people.filter((one) => one.id !== "USLACKBOT").map((one) => [one.id, one.real_name]),
    places: channels.filter((one) => !one.is_im).map((one) => [one.id, `#${one.name}`]),
    viewer: shown.viewer,
    source,
    act: (action, confirm, values) => askFirst(confirm, () => act(source, action, values)),
    suggest: async (block_id, action_id, typed) =>
      (await post("suggest", { ...source, viewer: shown.viewer, block_id, action_id, typed })).options ?? [],
  };
}

async function act(source, action, values = {}) {
  told(await post("act", { ...source, viewer: shown.viewer, action, values }));
  await refresh();
}

function told(answer) {
  const note = by("note");
  note.classList.toggle("bad", !answer.ok);
  if (!answer.ok) note.textContent = `That did not work: ${answer.problem}${details(answer)}`;
  else if ("milliseconds" in answer) note.textContent = `Acknowledged in ${answer.milliseconds} ms (Slack allows 3,000).`;
  return answer;
}

const details = (answer) => (answer.details?.length ? ` – ${answer.details.join("; ")}` : "");

async function refresh({ isForced = false } = {}) {
  const after = isForced || !shown.state ? "" : shown.state.version;
  const response = await fetch(`/state?viewer=${shown.viewer}&channel=${shown.channel}&after=${after}`);
  if (response.status === 204) return;
  shown.state = await response.json();
  draw();
}

function draw() {
  read();
  drawViewers();
  drawPlaces();
  drawMessages();
  drawHome();
  showModal(shown.state.modal, contextOf, { viewer: shown.viewer, told, refresh });
  by("digest").disabled = !shown.state.has_digest;
  by("week").hidden = !shown.state.has_week;
}

function drawViewers() {
  const select = by("viewer");
  if (select.options.length) return;
  const people = shown.state.people.filter((one) => !["USLACKBOT", "U0BOT0001"].includes(one.id));
  select.append(...people.map((one) => element("option", { value: one.id }, one.real_name)));
}

function drawPlaces() {
  const { channels, direct } = shown.state;
  const rooms = channels.filter((one) => !one.is_im).map((one) => placeButton(`# ${one.name}`, one.id, false));
  const app = [placeButton("gpu-advise · Home", direct, true), placeButton("gpu-advise · Messages", direct, false)];
  by("places").replaceChildren(element("h2", {}, "Channels"), ...rooms, element("h2", {}, "Apps"), ...app);
  const here = channels.find((one) => one.id === shown.state.channel);
  const direction = shown.isHome ? "gpu-advise · Home" : "gpu-advise · Messages";
  by("place").textContent = here.is_im ? direction : `# ${here.name}`;
}

// Whether something was said there since this person looked. Who looks at a channel has read it.
function isNew(channel) {
  const { last_ts } = shown.state.channels.find((one) => one.id === channel) ?? {};
  return Boolean(last_ts) && last_ts > (shown.read.get(`${shown.viewer} ${channel}`) ?? "");
}

function read() {
  const here = shown.state.channels.find((one) => one.id === shown.state.channel);
  if (!shown.isHome) shown.read.set(`${shown.viewer} ${here.id}`, here.last_ts);
  sessionStorage.setItem("read", JSON.stringify([...shown.read]));
}

function placeButton(name, channel, isHome) {
  const isHere = channel === shown.state.channel && isHome === shown.isHome;
  const isUnread = !isHome && !isHere && isNew(channel);
  const button = element("button", { type: "button", "aria-current": isHere ? "page" : null }, name);
  button.classList.toggle("unread", isUnread);
  if (isUnread) button.setAttribute("aria-label", `${name}, unread`);
  button.addEventListener("click", () => go(channel, isHome));
  return button;
}

async function go(channel, isHome) {
  Object.assign(shown, { channel, isHome });
  shown.messages.clear();
  by("messages").replaceChildren();
  if (isHome) told(await post("home", { viewer: shown.viewer }));
  await refresh({ isForced: true });
}

// Only messages that changed are drawn again, so that an open menu stays open while others arrive.
function drawMessages() {
  const list = by("messages");
  list.hidden = shown.isHome;
  by("composer").hidden = shown.isHome;
  const before = shown.messages;
  shown.messages = new Map(threaded(shown.state.messages).map((message) => [message.ts, keep(message, before)]));
  const nodes = shown.messages.size ? [...shown.messages.values()].map((one) => one.node) : [EMPTY];
  const isSame = list.children.length === nodes.length && nodes.every((node, index) => list.children[index] === node);
  if (isSame) return;
  list.replaceChildren(...nodes);
  const arrived = nodes.filter((node) => !before.has(node.dataset.ts)).at(-1);
  if (arrived) arrived.scrollIntoView({ block: arrived.offsetHeight > list.clientHeight ? "start" : "nearest" });
  else freshIn(nodes, before)?.scrollIntoView({ block: "nearest" });
}

// The first thing that an edited message did not say before.
function freshIn(nodes, before) {
  const edited = nodes.find((node) => before.get(node.dataset.ts)?.node !== node);
  return edited?.querySelector(".fresh");
}

function keep(message, before) {
  const written = JSON.stringify(message);
  const known = before.get(message.ts);
  if (known?.written === written) return known;
  const node = drawMessage(message);
  if (known) markFresh(node, known.node);
  return { written, node };
}

// What an edited message did not say before is highlighted for a moment.
function markFresh(node, before) {
  const said = new Set([...before.querySelectorAll(".block")].map((block) => block.textContent));
  for (const block of node.querySelectorAll(".block")) block.classList.toggle("fresh", !said.has(block.textContent));
}

function threaded(messages) {
  const isReply = (one) => one.thread_ts && one.thread_ts !== one.ts;
  const repliesTo = (ts) => messages.filter((one) => isReply(one) && one.thread_ts === ts);
  return messages.filter((one) => !isReply(one)).flatMap((one) => [one, ...repliesTo(one.ts)]);
}

function drawMessage(message) {
  const context = contextOf({ channel: shown.state.channel, ts: message.ts });
  const author = names().get(message.user) ?? message.user;
  const body = element("div", { className: "body" }, byline(message, author));
  if (message.is_ephemeral) body.append(element("p", { className: "ephemeral" }, "Only visible to you"));
  const content = message.blocks ? blocks(message.blocks, context) : [element("div", { className: "text" }, mrkdwn(message.text, context.names))];
  body.append(...content, ...message.files.map(drawFile));
  const face = element("div", { className: `face face-${message.bot_id ? "app" : "person"}`, "aria-hidden": "true" }, message.bot_id ? "⚡" : author[0]);
  const article = element("article", { className: "message" }, face, body);
  article.classList.toggle("reply", Boolean(message.thread_ts && message.thread_ts !== message.ts));
  article.dataset.ts = message.ts;
  return article;
}

function byline(message, author) {
  const when = new Date(Number(message.ts) * 1000);
  const time = element("time", { dateTime: when.toISOString() }, when.toLocaleTimeString([], { timeStyle: "short" }));
  const badge = message.bot_id ? element("span", { className: "badge" }, "APP") : null;
  const edited = message.edited ? element("span", { className: "edited" }, "(edited)") : null;
  return element("p", { className: "byline" }, element("strong", {}, author), badge, time, edited);
}

function drawFile(file) {
  const address = `/files/${encodeURIComponent(file.id)}`;
  if (/\.(png|jpe?g|gif)$/i.test(file.name)) return element("img", { className: "picture", src: address, alt: file.alt_txt || file.title });
  return element("a", { href: address, download: file.name }, file.title);
}

function drawHome() {
  const home = by("home");
  home.hidden = !shown.isHome;
  const written = JSON.stringify(shown.state.home);
  if (written === shown.home) return;
  shown.home = written;
  const context = shown.state.home && contextOf({ view_id: shown.state.home.id });
  const nothing = [element("p", { className: "empty" }, "The bot has not published a Home tab for you.")];
  home.replaceChildren(...(context ? blocks(shown.state.home.blocks, context) : nothing));
}

by("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = by("text");
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  told(await post("say", { viewer: shown.viewer, channel: shown.state.channel, text }));
  await refresh();
});

by("viewer").addEventListener("change", async (event) => {
  shown.viewer = event.target.value;
  await go(shown.channel.startsWith("D") ? "" : shown.channel, false);
});

by("digest").addEventListener("click", async () => {
  by("digest").disabled = true;
  const answer = told(await post("digest", {}));
  if (answer.ok) by("note").textContent = "The digest is on its way to its channel.";
  await refresh({ isForced: true });
});

by("week").addEventListener("click", async () => {
  by("week").disabled = true;
  by("note").textContent = "A week is passing: all goes on, and what was approved or is to be tried runs where it should.";
  const answer = told(await post("week", {}));
  if (answer.ok) by("note").textContent = "A week has passed. A dot marks the places where something new was said.";
  by("week").disabled = false;
  await refresh({ isForced: true });
});

async function watch() {
  try {
    await refresh();
    if (by("note").dataset.lost) Object.assign(by("note"), { textContent: "" }).removeAttribute("data-lost");
  } catch {
    by("note").dataset.lost = "yes";
    by("note").textContent = "The local workspace has stopped. Start it again with: gpu-advise demo";
  }
  setTimeout(watch, POLL_MILLISECONDS);
}
watch();
