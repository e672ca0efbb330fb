// The refused rows: like problems counted together, 50 rows at a time.
import { withoutField } from "./forms.js";
import { plural, showNumber } from "./status.js";

const SHOWN = 50;
const MOST_GROUPS = 20;

export function collectProblems(section) {
  const body = section.querySelector("tbody");
  const more = section.querySelector("[data-more]");
  const row = section.querySelector("template[data-problem]").content.querySelector("tr");
  const found = [];
  const groups = new Map();

  let limit = SHOWN;

  const show = () => {
    body.append(...found.slice(body.children.length, limit).map(fill));
    more.hidden = body.children.length >= found.length;
    const [shown, all] = [body.children.length, found.length].map(showNumber);
    more.textContent = `Show ${Math.min(SHOWN, found.length - body.children.length)} more (${shown} of ${all} are shown)`;
  };

  const fill = ({ line, column, letter, value, message }) => {
    const filled = row.cloneNode(true);
    const texts = { line, column: column ?? "Whole row", letter: letter ?? "", value: value ?? "", message };
    for (const [name, text] of Object.entries(texts)) filled.querySelector(`[data-${name}]`).textContent = text;
    return filled;
  };

  more.onclick = () => {
    const first = limit;
    limit += SHOWN;
    show();
    body.children[first].setAttribute("tabindex", "-1");
    body.children[first].focus();
  };

  return {
    add(refused) {
      for (const { line, errors } of refused) {
        for (const error of errors) {
          const message = error.column === null ? error.message : withoutField(error);
          found.push({ line, ...error, message });
          const kind = message.replace(/[“"].*[”"]/, "“…”");
          groups.set(kind, (groups.get(kind) ?? 0) + 1);
        }
      }
      section.hidden = found.length === 0;
      show();
    },
    finish() {
      const largest = [...groups].sort((a, b) => b[1] - a[1]).slice(0, MOST_GROUPS);
      const items = largest.map(([kind, count]) =>
        Object.assign(document.createElement("li"), { textContent: `${plural(count, "row")}: ${kind}` }),
      );
      section.querySelector("[data-groups]").replaceChildren(...items);
    },
  };
}
