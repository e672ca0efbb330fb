// The check of all rows: what an import would do.
import { showProblems } from "./forms.js";
import { readLines } from "./lines.js";
import { collectProblems } from "./problems.js";
import { showCounts, trackProgress } from "./progress.js";
import { announce, plural, showNumber } from "./status.js";
import { visit } from "./visit.js";

const SHOWN = 5; // updates
const MOST_REPEATS = 50;

export async function check(root) {
  const { id, rows } = root.dataset;
  const track = trackProgress(root.querySelector("[data-progress]"), Number(rows));
  const problems = collectProblems(root.querySelector("[data-refused]"));
  const totals = { optedOut: 0, optOutsKept: 0 };
  let [counts, position] = [null, 0];
  const repeats = [];
  const stop = new AbortController();
  addEventListener("popstate", () => stop.abort(), { once: true });
  try {
    for await (const line of readLines(`/internal/imports/${id}/check`, stop.signal)) {
      if (line.id) {
        showWarnings(root.querySelector("[data-warnings]"), line.warnings);
        break;
      }
      if (line.position <= position) return visit(location.href, { push: false }); // begun anew
      ({ counts, position } = line);
      for (const name of Object.keys(totals)) totals[name] += line[name];
      showCounts(root, { ...counts, ...totals });
      problems.add(line.refused);
      repeats.push(...(line.repeated ?? []));
      showRepeats(root.querySelector("[data-repeated]"), repeats);
      showUpdates(root.querySelector("[data-updates]"), line.updates);
      track(position);
    }
  } catch (error) {
    if (!stop.signal.aborted) showProblems(root, error);
    return;
  }
  problems.finish();
  offerImport(root, Number(rows), counts);
}

function offerImport(root, rows, counts) {
  const good = rows - (counts?.failed ?? 0);
  const link = root.querySelector("[data-import]");
  root.querySelector("[data-progress]").hidden = true;
  root.querySelector("[data-ready]").hidden = false;
  if (good === 0) {
    link.remove();
    return showProblems(root, new Error("No row can be imported. Correct the file, or change the columns."));
  }
  link.textContent = good === rows ? `Import ${plural(rows, "row")}` : `Import ${showNumber(good)} of ${plural(rows, "row")}`;
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    await visit(link.href);
    document.querySelector("[data-module=run] [data-start]")?.click();
  });
  announce(`Checked. ${showNumber(good)} of ${plural(rows, "row")} can be imported, ${showNumber(rows - good)} refused.`);
  link.focus();
}

function showWarnings(list, warnings) {
  const items = warnings.map(({ message, rows, lines }) => {
    const where = lines.length ? ` (line${lines.length > 1 ? "s" : ""} ${lines.join(", ")}${rows > lines.length ? ", …" : ""})` : "";
    return Object.assign(document.createElement("li"), { textContent: message.replace(/^\w+: /, "") + where });
  });
  list.replaceChildren(...items);
}

function showRepeats(section, repeats) {
  const list = section.querySelector("ul");
  section.hidden = repeats.length === 0;
  section.querySelector("h2").textContent = `${plural(repeats.length, "row")} for a phone number that an earlier row has`;
  const items = repeats.slice(list.children.length, MOST_REPEATS).map(({ line, first, phone }) => {
    const item = Object.assign(document.createElement("li"), { textContent: `Line ${line} repeats line ${first}: ` });
    item.append(Object.assign(document.createElement("bdi"), { dir: "ltr", textContent: phone }));
    return item;
  });
  list.append(...items);
}

function showUpdates(section, updates) {
  const body = section.querySelector("tbody");
  const template = section.querySelector("template").content.querySelector("tr");
  for (const { line, phone, changes } of updates) {
    if (body.querySelectorAll("[data-first]").length === SHOWN) return;
    section.hidden = false;
    changes.forEach(({ field, old, new: value }, index) => {
      const row = template.cloneNode(true);
      if (index === 0) row.dataset.first = "";
      const texts = { line, phone, field: nameField(field), old: showValue(old), new: showValue(value) };
      for (const [name, text] of Object.entries(texts)) row.querySelector(`[data-${name}]`).textContent = text;
      body.append(row);
    });
  }
}

const FIELDS = { name: "Name", country: "Country", optedIn: "Opted in", tags: "Tags" };
const nameField = (field) => FIELDS[field] ?? field.replace("attributes.", "");

function showValue(value) {
  if (value === null) return "–";
  if (Array.isArray(value)) return value.join(", ") || "–";
  return { true: "yes", false: "no" }[String(value)] ?? String(value);
}
