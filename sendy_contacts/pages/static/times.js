// Moments in the reader's zone; the page comes with UTC.
const DAY = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const PARTS = { year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" };
const MOMENT = new Intl.DateTimeFormat("en", PARTS);
const FULL = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "long" });

export function showTimes(root) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    const isLong = "long" in element.dataset;
    const text = (isLong ? MOMENT : DAY).format(moment);
    if (isLong) element.title = FULL.format(moment);
    if (element.textContent !== text) element.textContent = text; // a new text lays out the whole table again
  }
}
