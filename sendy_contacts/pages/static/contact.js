// The form of a contact, and its consent.
import { readAttributes } from "./attributes.js";
import { readChips } from "./chips.js";
import { clearProblems, showProblems } from "./forms.js";
import { call, load, send } from "./http.js";
import { showRow } from "./rows.js";
import { tell } from "./status.js";
import { showTimes } from "./times.js";
import { visit } from "./visit.js";

const CONTACTS = "/internal/contacts";

export function contact(root) {
  const { id } = root.dataset;
  const form = root.querySelector("form[novalidate]");
  if (form) prepare(root, form, id);
  if (id) prepareConsent(root);
  prepareCopy(root.querySelector("[data-copy]"));
}

function prepare(root, form, id) {
  const initial = { name: form.elements.name.value, tags: readChips(form.querySelector("[data-field=tags]")) };
  const button = form.querySelector("button.btn-primary");
  const control = new AbortController();
  root.addEventListener("left", () => control.abort());
  const touch = () => (root.dataset.dirty = "");
  for (const kind of ["input", "change", "chips"]) form.addEventListener(kind, touch);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    try {
      const body = id ? await readChanges(form, initial, id, control.signal) : readNew(form);
      const [method, address] = id ? ["PATCH", `${CONTACTS}/${id}`] : ["POST", CONTACTS];
      const response = await send(method, address, body, control.signal);
      const saved = await response.json();
      clearProblems(form);
      delete root.dataset.dirty;
      finish(root, saved.id, id ? "Saved" : describe(response.status, saved, body));
    } catch (error) {
      if (!control.signal.aborted) showProblems(form, error);
    } finally {
      button.disabled = false;
    }
  });
}

function describe(status, saved, body) {
  const was = status === 201 ? "Added." : "This phone number was in the list already. Its contact now has what you typed.";
  const out = !saved.optedIn && body.optedIn !== false ? ["It has opted out, and stays so."] : [];
  return [was, ...out, ...(saved.warnings ?? []).map(({ message }) => message)].join(" ");
}

async function readChanges(form, initial, id, signal) {
  const body = {};
  const name = form.elements.name.value;
  const tags = readChips(form.querySelector("[data-field=tags]"));
  const attributes = readAttributes(form);
  if (name !== initial.name) body.name = name;
  if (tags.join("\n") !== initial.tags.join("\n")) body.tags = await mergeTags(tags, initial.tags, id, signal);
  if (Object.keys(attributes).length) body.attributes = attributes;
  return body;
}

// Tags that somebody else has added or removed meanwhile stay so.
async function mergeTags(tags, initial, id, signal) {
  const view = await load(`/contacts/${id}`, signal);
  const stored = [...view.querySelectorAll("[data-field=tags] li")].map((item) => item.dataset.value);
  const added = tags.filter((tag) => !initial.includes(tag) && !stored.includes(tag));
  return [...stored.filter((tag) => tags.includes(tag) || !initial.includes(tag)), ...added];
}

function readNew(form) {
  const { phone, country, name, optedOut } = form.elements;
  const body = { phone: phone.value, tags: readChips(form.querySelector("[data-field=tags]")), attributes: readAttributes(form) };
  if (country.value) body.country = country.value;
  if (name.value.trim()) body.name = name.value;
  if (optedOut.checked) body.optedIn = false;
  return body;
}

async function finish(root, id, message) {
  if (root.closest("dialog")) {
    root.dispatchEvent(new CustomEvent("saved", { detail: { id, message } }));
  } else {
    await visit(`/contacts/${id}`, { push: !root.dataset.id });
    tell(message);
  }
}

function prepareConsent(root) {
  const section = root.querySelector("[data-consent]");
  section.querySelector("[data-opt=out]")?.addEventListener("click", () => setConsent(root, false));
  section.querySelector("[data-opt-in]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    setConsent(root, true);
  });
}

async function setConsent(root, optedIn) {
  try {
    await call("POST", CONTACTS, { phone: root.dataset.phone, optedIn });
  } catch (error) {
    return showProblems(root, error);
  }
  const view = await showRow(root.dataset.id);
  const section = view.querySelector("[data-consent]");
  root.querySelector("[data-consent]").replaceWith(section);
  showTimes(section);
  prepareConsent(root);
  section.querySelector("h2").focus();
  tell(optedIn ? "Opted in" : "Opted out");
}

function prepareCopy(button) {
  if (!button || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    tell("Copied");
  });
}
