// What the columns of a file hold, the country of its phones, and tags for all.
import { readChips } from "./chips.js";
import { refuseField, showProblems } from "./forms.js";
import { call } from "./http.js";
import { tell } from "./status.js";
import { visit } from "./visit.js";

const PAUSE = 600; // ms after the last key with which a choice is passed through
const SHARED = ["", "phone", "tags", "optedIn", "optedOut", "ignore"]; // several columns may become one of these

export function match(root) {
  const rows = [...root.querySelectorAll("tr[data-header]")];
  const tags = root.querySelector("[data-field=addTags]");
  let [saving, timer, waiting] = [Promise.resolve(), 0, null];

  // The view that comes back lacks a tag that is typed only, so that is saved, too.
  const save = (changes, focus, message = "Saved") => {
    const typed = tags.querySelector("input").value.trim() ? { addTags: readChips(tags) } : {};
    return (saving = saving.then(() => send({ ...typed, ...changes }, focus, message)));
  };

  const send = async (changes, focus, message) => {
    if (!Object.keys(changes).length) return;
    try {
      await call("PATCH", `/internal/imports/${root.dataset.id}`, changes);
      if (focus) {
        const { id } = document.activeElement;
        history.replaceState(null, "", location.pathname);
        await visit(location.href, { push: false, focus: `#${CSS.escape(id || focus)}` });
      }
      tell(message);
    } catch (error) {
      showProblems(root, error);
    }
  };

  // Columns of the same header are said together, and so are all that hold phone numbers: one must not end the others.
  const saveRow = (row, focus) => {
    const target = readTarget(row);
    if (target === "attributes.") return showProblems(root, refuseField(row.querySelector("[data-field]").dataset.field, "Write a key."));
    const headers = rows.filter((other) => other === row || (target === "phone" && readTarget(other) === target)).map(({ dataset }) => dataset.header);
    const said = rows.filter((other) => headers.includes(other.dataset.header));
    const columns = said.map((other) => ({ header: other.dataset.header, target: readTarget(other) }));
    return save({ columns }, focus, describe(row));
  };

  const describe = (row) => {
    const { value, selectedOptions } = row.querySelector("select");
    const before = rows.find((other) => other !== row && other.querySelector("select").value === value);
    if (SHARED.includes(value) || !before) return "Saved";
    return `Saved. ${selectedOptions[0].text} comes from “${row.dataset.header}” now, no longer from “${before.dataset.header}”.`;
  };

  const flush = () => {
    clearTimeout(timer);
    const row = waiting;
    waiting = null;
    return row && saveRow(row, row.querySelector("select").id);
  };

  for (const row of rows) {
    const [select, key] = [row.querySelector("select"), row.querySelector("input")];
    select.addEventListener("change", () => {
      if (waiting !== row) flush();
      waiting = row;
      clearTimeout(timer);
      timer = setTimeout(flush, PAUSE);
    });
    select.addEventListener("blur", flush);
    key.addEventListener("change", () => saveRow(row, key.id));
  }
  const country = root.querySelector("#country");
  country.addEventListener("change", () => save({ country: country.value || null }, "country"));
  tags.addEventListener("chips", () => save({ addTags: readChips(tags) }));
  root.querySelector("#settings").addEventListener("submit", (event) => event.preventDefault());
  root.querySelector("#go-on")?.addEventListener("click", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    await (flush() ?? save({}));
    await saving;
    visit(event.target.href);
  });
}

const readTarget = (row) => row.querySelector("select").value || `attributes.${row.querySelector("input").value.trim()}`;
