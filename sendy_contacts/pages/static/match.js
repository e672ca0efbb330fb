// What the columns of a file hold, the country of its phones, and tags for all.
import { readChips } from "./chips.js";
import { showProblems } from "./forms.js";
import { call } from "./http.js";
import { announce } from "./status.js";
import { visit } from "./visit.js";

export function match(root) {
  let saving = Promise.resolve();
  const save = (changes, focus) => (saving = saving.then(() => send(changes, focus)));

  const send = async (changes, focus) => {
    try {
      await call("PATCH", `/internal/imports/${root.dataset.id}`, changes);
      if (focus) {
        history.replaceState(null, "", location.pathname);
        await visit(location.href, { push: false, focus });
      }
      announce("Saved");
    } catch (error) {
      showProblems(root, error);
    }
  };

  const saveRow = (row, focus) => {
    const { header } = row.dataset;
    const alike = [...root.querySelectorAll("tr[data-header]")].filter((other) => other.dataset.header === header);
    save({ columns: alike.map((other) => ({ header, target: readTarget(other) })) }, focus);
  };

  for (const row of root.querySelectorAll("tr[data-header]")) {
    const [select, key] = [row.querySelector("select"), row.querySelector("input")];
    select.addEventListener("change", () => saveRow(row, `#${select.id}`));
    key.addEventListener("change", () => saveRow(row, `#${key.id}`));
  }
  const country = root.querySelector("#country");
  country.addEventListener("change", () => save({ country: country.value || null }, "#country"));
  const tags = root.querySelector("[data-field=addTags]");
  tags.addEventListener("chips", () => save({ addTags: readChips(tags) }));
  root.querySelector("#settings").addEventListener("submit", (event) => event.preventDefault());
  root.querySelector("#go-on")?.addEventListener("click", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const typed = tags.querySelector("input").value.trim();
    await (typed ? save({ addTags: readChips(tags) }) : saving);
    visit(event.target.href);
  });
}

const readTarget = (row) => row.querySelector("select").value || `attributes.${row.querySelector("input").value.trim()}`;
