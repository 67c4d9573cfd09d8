// Modals and the question before a dangerous button.
import { blocks, words } from "./blocks.js";
import { element, post } from "./dom.js";
import { readValues } from "./elements.js";

const modal = document.getElementById("modal");
const question = document.getElementById("confirm");
let drawn = "";

// Ask what a `confirm` object asks, then go on; without one go on at once.
export function askFirst(confirm, goOn) {
  if (!confirm) return goOn();
  const plain = { names: new Map() };
  const yes = element("button", { type: "button", className: `button ${confirm.style ?? "primary"}` }, words(confirm.confirm, plain));
  const no = element("button", { type: "button", className: "button" }, words(confirm.deny, plain));
  yes.addEventListener("click", () => { question.close(); goOn(); });
  no.addEventListener("click", () => question.close());
  const text = element("div", { className: "modal-body" }, words(confirm.text, plain));
  question.replaceChildren(element("h2", {}, words(confirm.title, plain)), text, element("footer", {}, no, yes));
  question.showModal();
}

export function showModal(view, contextOf, page) {
  const written = view ? view.id + view.hash : "";
  if (written === drawn) return;
  drawn = written;
  if (!view) {
    modal.close();
    return;
  }
  const source = { view_id: view.id, viewer: page.viewer };
  const context = contextOf({ view_id: view.id });
  const inner = { ...context, act: (action, confirm) => context.act(action, confirm, readValues(modal)) };
  const close = element("button", { type: "button", className: "button" }, view.close ? words(view.close, inner) : "Close");
  close.addEventListener("click", () => leave(source, page));
  const submit = view.submit && element("button", { type: "submit", className: "button primary" }, words(view.submit, inner));
  const body = element("div", { className: "modal-body" }, ...blocks(view.blocks, inner));
  const form = element("form", {}, element("h2", {}, words(view.title, inner)), body, element("footer", {}, close, submit));
  form.addEventListener("submit", (event) => send(event, source, form, page));
  if (!body.querySelector("input, select, textarea")) Object.assign(body, { tabIndex: 0, autofocus: true }); /* to be read, and scrolled by keys */
  modal.replaceChildren(form);
  if (!modal.open) modal.showModal();
  else body.scrollTop = 0;
}

async function send(event, source, form, page) {
  event.preventDefault();
  const answer = page.told(await post("submit", { ...source, values: readValues(form) }));
  for (const place of form.querySelectorAll(".block-input")) {
    place.querySelector(".error").textContent = answer.errors?.[place.dataset.block] ?? "";
  }
  await page.refresh();
}

async function leave(source, page) {
  page.told(await post("close", source));
  await page.refresh();
}

// Escape closes the dialog by itself; the bot must still hear of it.
modal.addEventListener("cancel", (event) => {
  event.preventDefault();
  modal.querySelector("footer button")?.click();
});
