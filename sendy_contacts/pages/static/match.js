// What the columns of a file hold, the country of its phones, and tags for all.
import { readChips } from "./chips.js";
import { showProblems } from "./forms.js";
import { call, Refused } from "./http.js";
import { tell } from "./status.js";
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
      tell("Saved");
    } catch (error) {
      showProblems(root, error);
    }
  };

  // Columns of the same header are said together, and so are all that hold phone numbers: one must not end the others.
  const saveRow = (row, focus) => {
    if (readTarget(row) === "attributes.") return showProblems(root, refuseKey(row));
    const rows = [...root.querySelectorAll("tr[data-header]")];
    const isPhone = (other) => [row, other].every((one) => readTarget(one) === "phone");
    const headers = rows.filter((other) => other === row || isPhone(other)).map((other) => other.dataset.header);
    const said = rows.filter((other) => headers.includes(other.dataset.header));
    const columns = said.map((other) => ({ header: other.dataset.header, target: readTarget(other) }));
    save({ columns }, focus);
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

function refuseKey(row) {
  const field = row.querySelector("[data-field]").dataset.field;
  const message = "Write a key.";
  return new Refused({ message, details: [{ field, message: `${field}: ${message}` }] });
}

const readTarget = (row) => row.querySelector("select").value || `attributes.${row.querySelector("input").value.trim()}`;
