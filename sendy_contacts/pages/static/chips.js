// Tags as chips that can be removed.
import { announce } from "./status.js";

export function chips(root) {
  const list = root.querySelector("ul");
  const input = root.querySelector("input");
  const changed = () => root.dispatchEvent(new CustomEvent("chips", { bubbles: true }));

  const fill = (item) => {
    const tag = item.dataset.value;
    const text = Object.assign(document.createElement("bdi"), { className: "tag", textContent: tag });
    const remove = Object.assign(document.createElement("button"), { type: "button", className: "remove target" });
    remove.textContent = "×";
    remove.setAttribute("aria-label", `Remove tag ${tag}`);
    remove.addEventListener("click", () => {
      const next = item.nextElementSibling ?? item.previousElementSibling;
      item.remove();
      (next?.querySelector("button") ?? input).focus();
      announce(`Tag ${tag} removed`);
      changed();
    });
    item.replaceChildren(text, remove);
  };

  const add = () => {
    const tag = input.value.trim();
    input.value = "";
    if (!tag || readChips(root).some((other) => other.toLowerCase() === tag.toLowerCase())) return;
    const item = document.createElement("li");
    item.dataset.value = tag;
    fill(item);
    list.append(item);
    announce(`Tag ${tag} added`);
    changed();
  };

  [...list.children].forEach(fill);
  root.querySelector(".input-group button").addEventListener("click", () => {
    add();
    input.focus();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !input.value.trim()) return;
    event.preventDefault();
    add();
  });
}

// A tag that stands in the field counts, too.
export function readChips(root) {
  const tags = [...root.querySelectorAll("li")].map((item) => item.dataset.value);
  const typed = root.querySelector("input").value.trim();
  return typed ? [...tags, typed] : tags;
}
