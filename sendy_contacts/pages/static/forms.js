// The errors of a form: each at its field, and all of them on top, in the order of the fields.
import { Refused } from "./http.js";

export function showProblems(root, error) {
  clearProblems(root);
  const summary = root.querySelector("[data-problems]");
  const fields = [...root.querySelectorAll("[data-field]")];
  const messages = error.details?.length ? error.details : [{ message: error.message }];
  const found = messages.map((problem) => ({ problem, field: findField(root, problem.field ?? "") }));
  found.sort((one, other) => fields.indexOf(one.field) - fields.indexOf(other.field));
  const list = document.createElement("ul");
  list.className = "mb-0";
  list.append(...found.map(({ problem, field }) => describe(problem, field)));
  summary.replaceChildren(list);
  summary.hidden = false;
  summary.focus();
  if (!document.title.startsWith("Error: ")) document.title = `Error: ${document.title}`;
}

// The field of `mapping.1.fallback` is that of `mapping.1` or of `mapping`.
function findField(root, name) {
  for (let part = name; part; part = part.replace(/[.[]?[^.[]*$/, "")) {
    const field = root.querySelector(`[data-field="${CSS.escape(part)}"]`);
    if (field) return field;
  }
  return null;
}

// Returns an item of the summary, and marks its field.
function describe(problem, field) {
  const item = document.createElement("li");
  if (!field) {
    item.textContent = problem.message;
    return item;
  }
  const input = field.querySelector("input, select, textarea, [data-add]");
  const isLabelled = field.dataset.field === problem.field;
  const name = field.querySelector("label, legend")?.innerText.trim() ?? input.ariaLabel;
  const text = isLabelled ? `${name}: ${withoutField(problem)}` : problem.message;
  input.setAttribute("aria-invalid", "true");
  input.classList.add("is-invalid");
  field.querySelector(".invalid-feedback").textContent = text;
  field.classList.add("refused");
  const link = Object.assign(document.createElement("a"), { href: `#${input.id}`, textContent: text, className: "alert-link" });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    input.focus();
  });
  item.append(link);
  return item;
}

// What the page itself refuses, as the service would.
export const refuseField = (field, message) => new Refused({ message, details: [{ field, message: `${field}: ${message}` }] });

// Messages of the service begin with the name of the field.
export const withoutField = ({ field, message }) => (message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message);

export function clearProblems(root) {
  for (const input of root.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    input.classList.remove("is-invalid");
  }
  for (const field of root.querySelectorAll(".refused")) field.classList.remove("refused");
  root.querySelector("[data-problems]").hidden = true;
  document.title = document.title.replace("Error: ", "");
}
