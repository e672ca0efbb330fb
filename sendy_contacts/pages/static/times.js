// Moments in the reader's zone; the page comes with UTC.
const SHORT = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const LONG = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const FULL = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "long" });

export function showTimes(root) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    element.textContent = ("long" in element.dataset ? LONG : SHORT).format(moment);
    element.title = FULL.format(moment);
  }
}
