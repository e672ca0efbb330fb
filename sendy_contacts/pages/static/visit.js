// Shows another view of the site in the place of this one, and follows Back and Forward.
import { load } from "./http.js";
import { start } from "./modules.js";
import { announce } from "./status.js";

let silent = false;
let closeDialog = null;
let going = null; // an older visit must not end a newer one

export async function visit(address, { push = true, focus = "h1" } = {}) {
  going?.abort();
  if (push) announce("");
  const { signal } = (going = new AbortController());
  const view = await load(address, signal).catch(() => signal.aborted || location.assign(address));
  if (!view?.title) return;
  for (const name of ["header", "main"]) document.querySelector(name).replaceWith(view.querySelector(name));
  document.title = view.title;
  if (push) history.pushState(null, "", address);
  start(document.querySelector("main"));
  (document.querySelector(`main ${focus}`) ?? document.querySelector("main h1"))?.focus();
}

// What Back does while a dialog is open over its view.
export const atBack = (close) => (closeDialog = close);

// Go back to an address whose view is still shown.
export function goBack() {
  silent = true;
  history.back();
}

export const isDirty = () => document.querySelector("[data-dirty]") !== null;

export const mayLeave = () => !isDirty() || confirm("Leave without saving?");

addEventListener("popstate", async () => {
  if (silent) {
    silent = false;
  } else if (!mayLeave()) {
    history.forward();
    silent = true;
  } else if (closeDialog) {
    closeDialog();
  } else {
    await visit(location.href, { push: false });
  }
});

addEventListener("beforeunload", (event) => {
  if (isDirty()) event.preventDefault();
});
