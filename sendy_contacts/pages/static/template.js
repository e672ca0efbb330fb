// The check of a template: an attribute for each placeholder, and who is ready.
import { clearProblems, refuseField, showProblems } from "./forms.js";
import { call } from "./http.js";
import { announce, showNumber } from "./status.js";

const GROUPS = { ready: "Ready", fallback: "Use a fallback", incomplete: "Lack a value" };

export function template(root) {
  const form = root.querySelector("form");
  const body = form.querySelector("#field-body");
  const box = form.querySelector("#placeholders");
  const proposed = [...document.querySelectorAll("#attributes option")].map((option) => option.value);

  const showPlaceholders = () => {
    const keys = [...new Set([...body.value.matchAll(/\{\{([1-9]\d*)\}\}/g)].map((found) => found[1]))];
    for (const row of box.querySelectorAll("[data-placeholder]")) if (!keys.includes(row.dataset.placeholder)) row.remove();
    for (const key of keys) {
      if (box.querySelector(`[data-placeholder="${key}"]`)) continue;
      const row = box.querySelector("template").content.firstElementChild.cloneNode(true);
      row.dataset.placeholder = key;
      row.dataset.field = `mapping.${key}`;
      const [attribute, fallback] = row.querySelectorAll("label span");
      for (const name of ["attribute", "fallback"]) row.querySelector(`[data-${name}]`).id = `${name}-${key}`;
      attribute.textContent = `Attribute for {{${key}}}`;
      fallback.textContent = `If {{${key}}} has no value (optional)`;
      row.querySelector("[data-attribute]").value = propose(body.value, key, proposed);
      box.append(row);
    }
    box.hidden = keys.length === 0;
  };

  const readMapping = () => {
    const mapping = {};
    for (const row of box.querySelectorAll("[data-placeholder]")) {
      const [attribute, fallback] = ["attribute", "fallback"].map((name) => row.querySelector(`[data-${name}]`).value.trim());
      if (!attribute && !fallback) throw refuseField(row.dataset.field, "Choose an attribute, or write a text for all.");
      mapping[row.dataset.placeholder] = !attribute ? { text: fallback } : fallback ? { attribute, fallback } : attribute;
    }
    return mapping;
  };

  const check = async () => {
    const tag = form.querySelector("#field-tags").value.trim();
    try {
      if (!body.value.trim()) throw refuseField("body", "Write the text first.");
      const request = { body: body.value, mapping: readMapping(), ...(tag && { tags: [tag] }) };
      const result = await call("POST", "/internal/templates/check", request);
      clearProblems(form);
      showResult(root.querySelector("#readiness"), result);
    } catch (error) {
      root.querySelector("#readiness").hidden = true;
      showProblems(form, error);
    }
  };

  body.addEventListener("input", showPlaceholders);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check();
  });
  showPlaceholders();
  addEventListener("pageshow", showPlaceholders); // Back fills the text in
}

// The attribute whose words stand nearest before the placeholder, or after a greeting the name.
function propose(text, key, keys) {
  const before = text.slice(0, text.indexOf(`{{${key}}}`)).toLowerCase().slice(-60);
  const place = (name) => Math.max(...name.toLowerCase().split(/[_\W]+/).filter((word) => word.length > 2).map((word) => before.lastIndexOf(word)), -1);
  const best = keys.map((name) => [place(name), name]).filter(([at]) => at >= 0).sort((a, b) => b[0] - a[0]);
  if (/(^|\s)(hi|hello|hey|dear|good (morning|afternoon|evening))\W*$/.test(before)) return keys.includes("first_name") ? "first_name" : "name";
  return best[0]?.[1] ?? "";
}

function showResult(section, { first, missing, ...counts }) {
  const make = (name, text) => Object.assign(document.createElement(name), { textContent: text });
  const pairs = Object.entries(GROUPS).map(([group, label]) => {
    const pair = document.createElement("div");
    pair.append(make("dt", label), make("dd", showNumber(counts[group])));
    return pair;
  });
  section.querySelector("dl").replaceChildren(...pairs);
  const lacking = Object.entries(missing).filter(([, count]) => count);
  section.querySelector("[data-missing]").replaceChildren(...lacking.map(([key, count]) => make("li", `${showNumber(count)} ${count === 1 ? "lacks" : "lack"} a value for {{${key}}}`)));
  section.querySelector("[data-nobody]").hidden = Object.keys(GROUPS).some((group) => counts[group]);
  section.querySelector("[data-groups]").replaceChildren(...Object.keys(GROUPS).reverse().flatMap((group) => showGroup(section, group, first[group])));
  section.hidden = false;
  section.querySelector("h2").focus();
  announce(Object.entries(GROUPS).map(([group, label]) => `${label}: ${showNumber(counts[group])}`).join(", "));
}

function showGroup(section, group, examples) {
  if (!examples.length) return [];
  const part = section.querySelector("template[data-group]").content.cloneNode(true);
  part.querySelector("h3").textContent = `${GROUPS[group]}: the first`;
  for (const { id, name, phone, text, missing } of examples) {
    const item = section.querySelector("template[data-example]").content.cloneNode(true);
    item.querySelector("a").href = `/contacts/${id}`;
    item.querySelector("bdi").textContent = name ?? phone;
    item.querySelector("[data-lacks]").textContent = missing.length ? `lacks ${missing.map((key) => `{{${key}}}`).join(", ")}` : "";
    item.querySelector("p").textContent = text ?? "";
    part.querySelector("ul").append(item);
  }
  return [...part.children];
}
