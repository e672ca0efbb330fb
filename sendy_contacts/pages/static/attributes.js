// Attributes as rows of key and value. Those that stay as they were aren't sent.
import { refuseField } from "./forms.js";

export function attributes(root) {
  const template = root.querySelector("template");
  const button = root.querySelector("[data-add]");

  const add = (key = "", json = null) => {
    const row = template.content.firstElementChild.cloneNode(true);
    const [name, value] = [row.querySelector("[data-key]"), row.querySelector("[data-value]")];
    name.value = key;
    value.value = json === null ? "" : showValue(json);
    if (json !== null) Object.assign(row.dataset, { key, json, shown: value.value });
    row.querySelector("[data-remove]").addEventListener("click", () => {
      row.remove();
      button.focus();
      button.dispatchEvent(new Event("change", { bubbles: true }));
    });
    button.before(row);
    return name;
  };

  for (const stored of root.querySelectorAll("[data-stored]")) add(stored.dataset.key, stored.dataset.json);
  button.addEventListener("click", () => add().focus());
}

const showValue = (json) => (json.startsWith('"') ? JSON.parse(json) : json);

// Returns what changed: null for a key that is removed.
export function readAttributes(root) {
  const [changes, keys] = [{}, new Set()];
  for (const { dataset } of root.querySelectorAll("[data-stored]")) changes[dataset.key] = null;
  for (const row of root.querySelectorAll("[data-row]")) {
    const key = row.querySelector("[data-key]").value.trim();
    const text = row.querySelector("[data-value]").value;
    if (key === row.dataset.key && text === row.dataset.shown) delete changes[key];
    else if (key || text) changes[key] = readValue(text, row.dataset.json);
    if (keys.has(key)) throw refuseField("attributes", `has the key “${key}” twice; change or remove one`);
    if (key) keys.add(key);
  }
  return changes;
}

// A number stays a number and a yes or no stays one, if it still reads as one.
function readValue(text, json) {
  if (json === undefined || json.startsWith('"')) return text;
  const number = Number(text);
  if (/^-?\d/.test(json) && /^-?\d+(\.\d+)?$/.test(text) && String(number) === text) return number;
  return /^(true|false)$/.test(json) && /^(true|false)$/.test(text) ? text === "true" : text;
}
