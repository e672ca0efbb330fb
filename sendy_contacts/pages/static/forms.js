// The errors of a form: each at its field, and all of them on top.
export function showProblems(root, error) {
  clearProblems(root);
  const summary = root.querySelector("[data-problems]");
  const messages = error.details?.length ? error.details : [{ message: error.message }];
  const items = messages.map(({ field = "", message }) => {
    const item = document.createElement("li");
    const input = markField(root, field.split(/[.[]/)[0], message);
    if (input) {
      const link = document.createElement("a");
      Object.assign(link, { href: `#${input.id}`, textContent: message, className: "alert-link" });
      link.addEventListener("click", (event) => {
        event.preventDefault();
        input.focus();
      });
      item.append(link);
    } else {
      item.textContent = message;
    }
    return item;
  });
  const list = document.createElement("ul");
  list.className = "mb-0";
  list.append(...items);
  summary.replaceChildren(list);
  summary.hidden = false;
  summary.focus();
  if (!document.title.startsWith("Error: ")) document.title = `Error: ${document.title}`;
}

function markField(root, name, message) {
  const field = name && root.querySelector(`[data-field="${name}"]`);
  if (!field) return null;
  const input = field.querySelector("input, select, textarea, [data-add]");
  input.setAttribute("aria-invalid", "true");
  input.classList.add("is-invalid");
  field.querySelector(".invalid-feedback").textContent = message;
  field.classList.add("refused");
  return input;
}

export function clearProblems(root) {
  for (const input of root.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    input.classList.remove("is-invalid");
  }
  for (const field of root.querySelectorAll(".refused")) field.classList.remove("refused");
  root.querySelector("[data-problems]").hidden = true;
  document.title = document.title.replace("Error: ", "");
}
