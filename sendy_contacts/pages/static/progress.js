// How far a work is: a bar, numbers, the time left, and a word at each quarter.
import { announce, showNumber } from "./status.js";

export function trackProgress(root, rows, start = 0) {
  const bar = root.querySelector("progress");
  const text = root.querySelector("[data-progress-text]");
  const began = performance.now();
  let quarter = 0;
  root.hidden = false;
  return (done) => {
    bar.value = done;
    const left = ((performance.now() - began) / Math.max(done - start, 1)) * (rows - done);
    text.textContent = `${showNumber(done)} of ${showNumber(rows)} rows${done < rows ? showTime(left) : ""}`;
    const now = Math.floor((4 * done) / Math.max(rows, 1));
    if (now > quarter && now < 4) announce(`${Math.floor((100 * done) / rows)} per cent, ${text.textContent}`);
    quarter = now;
  };
}

const showTime = (left) => {
  const seconds = Math.ceil(left / 1_000);
  return seconds > 90 ? ` · about ${Math.ceil(seconds / 60)} minutes left` : ` · about ${seconds} s left`;
};

export function showCounts(root, counts) {
  for (const [name, count] of Object.entries(counts)) {
    const element = root.querySelector(`[data-count="${name}"]`);
    if (element) element.textContent = showNumber(count);
  }
}
