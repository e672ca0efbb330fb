// What is said to screen readers, and the banner of a lost connection.
const NUMBERS = new Intl.NumberFormat("en");

export const showNumber = (number) => NUMBERS.format(number);

export const plural = (number, one, many = `${one}s`) => `${showNumber(number)} ${number === 1 ? one : many}`;

export function announce(text) {
  const status = document.getElementById("status");
  status.textContent = "";
  setTimeout(() => (status.textContent = text), 50);
}

export function showConnection(works) {
  const banner = document.getElementById("connection");
  const text = works ? "" : "The service can't be reached. Trying again…";
  if (banner.textContent !== text) banner.textContent = text;
  banner.hidden = works;
}
