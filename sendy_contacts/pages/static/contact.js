// The form of a contact, and its consent.
import { readAttributes } from "./attributes.js";
import { readChips } from "./chips.js";
import { clearProblems, showProblems } from "./forms.js";
import { call } from "./http.js";
import { showRow } from "./rows.js";
import { announce } from "./status.js";
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
  const initial = { name: form.elements.name.value, tags: readChips(form.querySelector("[data-field=tags]")).join("\n") };
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
      const body = id ? readChanges(form, initial) : readNew(form);
      const [method, address] = id ? ["PATCH", `${CONTACTS}/${id}`] : ["POST", CONTACTS];
      const saved = await call(method, address, body, control.signal);
      clearProblems(form);
      delete root.dataset.dirty;
      finish(root, saved.id, describe(id, saved));
    } catch (error) {
      if (!control.signal.aborted) showProblems(form, error);
    } finally {
      button.disabled = false;
    }
  });
}

const describe = (id, saved) => (id || saved.createdAt === saved.updatedAt ? "Saved" : "Updated the contact that had this phone number");

function readChanges(form, initial) {
  const body = {};
  const name = form.elements.name.value;
  const tags = readChips(form.querySelector("[data-field=tags]"));
  const attributes = readAttributes(form);
  if (name !== initial.name) body.name = name;
  if (tags.join("\n") !== initial.tags) body.tags = tags;
  if (Object.keys(attributes).length) body.attributes = attributes;
  return body;
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
    announce(message);
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
  announce(optedIn ? "Opted in" : "Opted out");
}

function prepareCopy(button) {
  if (!button || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    announce("Copied");
  });
}
