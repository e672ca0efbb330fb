// The run of an import, and its undo: start, stop, go on.
import { clearProblems, showProblems } from "./forms.js";
import { pause } from "./http.js";
import { readLines } from "./lines.js";
import { showCounts, trackProgress } from "./progress.js";
import { announce, tell } from "./status.js";
import { visit } from "./visit.js";

const AT_HAND = 1_000; // ms in which the rows at hand are written

const warn = (event) => event.preventDefault();

export function run(root) {
  work(root, (line) => line.position);
}

export function undo(root) {
  work(root, (line) => line.rows - line.position);
}

function work(root, measure) {
  const [start, stop] = ["start", "stop"].map((name) => root.querySelector(`[data-${name}]`));
  const box = root.querySelector("[data-progress]");
  const rows = Number(root.dataset.rows);
  let control = null;

  start?.addEventListener("click", async () => {
    control = new AbortController();
    let track = null;
    start.hidden = true;
    stop.hidden = false;
    stop.disabled = false;
    stop.focus();
    box.hidden = false;
    clearProblems(root);
    addEventListener("beforeunload", warn);
    try {
      for await (const line of readLines(root.dataset.address, control.signal)) {
        if (!root.isConnected) control.abort(); // another view has taken its place
        if (line.id) break;
        track ??= trackProgress(box, rows, Math.max(measure(line) - 1_000, 0));
        track(measure(line));
        if (line.counts) showCounts(root, line.counts);
      }
      control.signal.throwIfAborted();
      await visit(location.pathname, { push: location.search !== "" });
      announce(`Finished. ${document.querySelector("main h1").textContent}`);
    } catch (error) {
      if (!control.signal.aborted) showProblems(root, error);
    } finally {
      removeEventListener("beforeunload", warn);
      start.hidden = false;
      start.textContent = "Go on";
      stop.hidden = true;
    }
    if (!control.signal.aborted || !root.isConnected) return;
    tell("Stopped");
    start.focus();
    await pause(AT_HAND);
    if (root.isConnected && !stop.matches(":not([hidden])")) await visit(location.href, { push: false, focus: "[data-start]" });
  });

  // The rows at hand are still written.
  stop?.addEventListener("click", () => {
    stop.disabled = true;
    control.abort();
  });
}
