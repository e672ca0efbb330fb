// What is said to screen readers, what has been done also to the eye, and the banner of a lost connection.
const NUMBERS = new Intl.NumberFormat("en");

export const showNumber = (number) => NUMBERS.format(number);

export const plural = (number, one, many = `${one}s`) => `${showNumber(number)} ${number === 1 ? one : many}`;

const status = document.getElementById("status");
const banner = document.getElementById("connection");

// Behind an open dialog nothing is seen or read out.
function place(element) {
  const dialog = [...document.querySelectorAll("dialog:modal")].at(-1);
  if (element.parentElement === (dialog ?? document.body)) return;
  if (dialog) dialog.prepend(element);
  else document.querySelector("header").after(element);
}

export function announce(text, { shown = false } = {}) {
  place(status);
  status.textContent = "";
  status.className = shown ? "said" : "visually-hidden";
  setTimeout(() => (status.textContent = text), 50);
}

// Something is done: it stays in sight until the next one.
export const tell = (text) => announce(text, { shown: true });

export function showConnection(works) {
  place(banner);
  const text = works ? "" : "The service can't be reached. Trying again…";
  if (banner.textContent !== text) banner.textContent = text;
  banner.hidden = works;
}
