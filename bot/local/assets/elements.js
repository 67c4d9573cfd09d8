// Interactive elements: each knows how to tell its value (`node.readState`) and tells `context.act` when it is used.
import { words } from "./blocks.js";
import { element } from "./dom.js";

export function interactive(one, blockId, context) {
  const draw = ELEMENTS[one.type];
  if (!draw) return element("span", { className: "elsewhere" }, `[${one.type}]`);
  const node = draw(one, { ...context, blockId });
  node.dataset.block = blockId;
  node.dataset.action = one.action_id ?? "";
  return node;
}

// {block_id: {action_id: value}} of every input inside `root`, as Slack's `state.values`.
export function readValues(root) {
  const values = {};
  for (const node of root.querySelectorAll("[data-action]")) {
    if (!node.readState) continue;
    (values[node.dataset.block] ??= {})[node.dataset.action] = node.readState();
  }
  return values;
}

const ELEMENTS = {
  button: drawButton,
  overflow: drawOverflow,
  static_select: (one, context) => drawSelect(one, context, options(one)),
  multi_static_select: (one, context) => drawChoices(one, context, "checkbox", options(one)),
  external_select: drawExternal,
  multi_external_select: drawManyExternal,
  users_select: (one, context) => drawPlaces(one, context, context.people, "user"),
  channels_select: (one, context) => drawPlaces(one, context, context.places, "channel"),
  conversations_select: (one, context) => drawPlaces(one, context, context.places, "conversation"),
  multi_users_select: (one, context) => drawManyPlaces(one, context, context.people, "user"),
  multi_channels_select: (one, context) => drawManyPlaces(one, context, context.places, "channel"),
  multi_conversations_select: (one, context) => drawManyPlaces(one, context, context.places, "conversation"),
  checkboxes: (one, context) => drawChoices(one, context, "checkbox", one.options),
  radio_buttons: (one, context) => drawChoices(one, context, "radio", one.options),
  datepicker: (one, context) => drawWritten(one, context, "date", "selected_date", one.initial_date),
  timepicker: (one, context) => drawWritten(one, context, "time", "selected_time", one.initial_time),
  plain_text_input: (one, context) => drawWritten(one, context, "text", "value", one.initial_value),
  number_input: (one, context) => drawWritten(one, context, "number", "value", one.initial_value),
  email_text_input: (one, context) => drawWritten(one, context, "email", "value", one.initial_value),
  url_text_input: (one, context) => drawWritten(one, context, "url", "value", one.initial_value),
};

function use(one, context, value) {
  if (context.isQuiet) return;
  context.act({ type: one.type, action_id: one.action_id, block_id: context.blockId, ...value }, one.confirm);
}

function drawButton(one, context) {
  const label = words(one.text, context);
  if (one.url) return buttonLink(one, label, () => use(one, context, { text: one.text, value: one.value }));
  const button = element("button", { type: "button", className: `button ${one.style ?? ""}` }, label);
  if (one.accessibility_label) button.setAttribute("aria-label", one.accessibility_label);
  const kept = Object.fromEntries(["text", "value", "style"].filter((key) => key in one).map((key) => [key, one[key]]));
  button.addEventListener("click", () => use(one, context, kept));
  return button;
}

function buttonLink(one, label, onUse) {
  const isSafe = /^https?:\/\//i.test(one.url);
  const properties = isSafe ? { href: one.url, target: "_blank", rel: "noopener noreferrer" } : {};
  const anchor = element("a", { className: `button ${one.style ?? ""}`, ...properties }, label);
  anchor.addEventListener("click", onUse);
  return anchor;
}

function drawOverflow(one, context) {
  const items = one.options.map((option) => {
    const item = element("button", { type: "button", className: "item" }, words(option.text, context));
    item.addEventListener("click", () => {
      menu.open = false;
      use(one, context, { selected_option: option });
    });
    return item;
  });
  const summary = element("summary", { className: "button", "aria-label": "More actions" }, "⋯");
  const menu = element("details", { className: "overflow" }, summary, element("div", { className: "items" }, ...items));
  return menu;
}

const options = (one) => one.options ?? one.option_groups.flatMap((group) => group.options);

function drawSelect(one, context, choices) {
  const select = element("select", { "aria-label": one.placeholder?.text ?? one.action_id });
  select.append(element("option", { value: "" }, one.placeholder?.text ?? "Choose…"));
  for (const option of choices) {
    const isChosen = one.initial_option?.value === option.value;
    const node = element("option", { value: option.value, selected: isChosen }, words(option.text, context));
    node.option = option;
    select.append(node);
  }
  const value = () => ({ selected_option: select.selectedOptions[0]?.option ?? null });
  select.readState = () => ({ type: one.type, ...value() });
  select.addEventListener("change", () => use(one, context, value()));
  return select;
}

function drawPlaces(one, context, choices, what) {
  const select = element("select", { "aria-label": one.placeholder?.text ?? what });
  select.append(element("option", { value: "" }, one.placeholder?.text ?? "Choose…"));
  for (const [id, name] of choices) {
    select.append(element("option", { value: id, selected: id === one[`initial_${what}`] }, name));
  }
  const value = () => ({ [`selected_${what}`]: select.value || null });
  select.readState = () => ({ type: one.type, ...value() });
  select.addEventListener("change", () => use(one, context, value()));
  return select;
}

// Several people or places: a box each.
function drawManyPlaces(one, context, choices, what) {
  const initial = one[`initial_${what}s`] ?? [];
  const node = drawBoxes(one, context, "checkbox", choices.map(([id, name]) => [id, name, initial.includes(id)]));
  const value = () => ({ [`selected_${what}s`]: node.chosen() });
  node.readState = () => ({ type: one.type, ...value() });
  node.addEventListener("change", () => use(one, context, value()));
  return node;
}

// A field that asks the bot for its options: `known` holds every option seen, by its words.
function lookUp(one, context, known) {
  const list = element("datalist", { id: `list-${context.blockId}-${one.action_id}` });
  const field = element("input", { autocomplete: "off", placeholder: one.placeholder?.text ?? "" });
  field.setAttribute("list", list.id);
  const fill = async () => {
    const typed = field.value;
    if (typed.length < (one.min_query_length ?? 3)) return;
    const found = await context.suggest(context.blockId, one.action_id, typed);
    if (typed !== field.value) return; /* the answer to letters that are no longer all of them */
    found.forEach((option) => known.set(option.text.text, option));
    list.replaceChildren(...found.map((option) => element("option", { value: option.text.text })));
  };
  field.addEventListener("input", fill);
  field.addEventListener("focus", fill);
  return { field, list };
}

// What is chosen stands before the field, each with a button that takes it away.
function drawManyExternal(one, context) {
  const known = new Map((one.initial_options ?? []).map((option) => [option.text.text, option]));
  const { field, list } = lookUp(one, context, known);
  const chosen = new Map(known);
  const chips = element("span", { className: "chips" });
  const value = () => ({ selected_options: [...chosen.values()] });
  const draw = () => chips.replaceChildren(...[...chosen.keys()].map(chip));
  const chip = (name) => {
    const button = element("button", { type: "button", className: "chip", "aria-label": `Remove ${name}` }, `${name} ×`);
    button.addEventListener("click", () => { chosen.delete(name); draw(); use(one, context, value()); });
    return button;
  };
  field.addEventListener("change", () => {
    if (!known.has(field.value)) return;
    chosen.set(field.value, known.get(field.value));
    field.value = "";
    draw();
    use(one, context, value());
  });
  draw();
  const node = element("span", { className: "external" }, chips, field, list);
  node.readState = () => ({ type: one.type, ...value() });
  return node;
}

function drawExternal(one, context) {
  const known = new Map(one.initial_option ? [[one.initial_option.text.text, one.initial_option]] : []);
  const { field, list } = lookUp(one, context, known);
  field.value = one.initial_option?.text.text ?? "";
  const value = () => ({ selected_option: known.get(field.value) ?? null });
  field.addEventListener("change", () => known.has(field.value) && use(one, context, value()));
  const node = element("span", { className: "external" }, field, list);
  node.readState = () => ({ type: one.type, ...value() });
  return node;
}

function drawChoices(one, context, type, choices) {
  const initial = (one.initial_options ?? (one.initial_option ? [one.initial_option] : [])).map((option) => option.value);
  const rows = choices.map((option) => [option, words(option.text, context), initial.includes(option.value)]);
  const node = drawBoxes(one, context, type, rows);
  const value = () =>
    type === "checkbox" ? { selected_options: node.chosen() } : { selected_option: node.chosen()[0] ?? null };
  node.readState = () => ({ type: one.type, ...value() });
  node.addEventListener("change", () => use(one, context, value()));
  return node;
}

// Boxes to tick or to choose one of; `rows` are [what it stands for, words, whether it is chosen]. One click changes one.
function drawBoxes(one, context, type, rows) {
  const boxes = rows.map(([meaning, label, checked]) => {
    const box = element("input", { type, name: `${context.blockId}-${one.action_id}`, checked });
    box.meaning = meaning;
    return element("label", { className: "choice" }, box, element("span", {}, label));
  });
  const node = element("span", { className: "choices", role: "group", "aria-label": one.placeholder?.text ?? one.action_id }, ...boxes);
  node.chosen = () => [...node.querySelectorAll("input:checked")].map((box) => box.meaning);
  return node;
}

function drawWritten(one, context, type, key, initial) {
  const name = one.multiline ? "textarea" : "input";
  const field = element(name, { ...(one.multiline ? {} : { type }), value: initial ?? "", placeholder: one.placeholder?.text });
  if (type === "number") field.step = one.is_decimal_allowed ? "any" : "1";
  if (one.max_length) field.maxLength = one.max_length;
  field.readState = () => ({ type: one.type, [key]: field.value || null });
  field.addEventListener("change", () => use(one, context, { [key]: field.value || null }));
  return field;
}
