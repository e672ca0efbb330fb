// The entry: starts the modules of the page, and follows links without leaving it.
import { openDialog } from "./dialog.js";
import { start } from "./modules.js";
import { visit } from "./visit.js";

// A link to a place in this view would count as Back.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog], a[data-visit]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const dialog = "dialog" in link.dataset && document.getElementById("contact-dialog");
  if (!dialog && !("visit" in link.dataset)) return;
  event.preventDefault();
  if (dialog) openDialog(dialog, link).catch(() => location.assign(link.href));
  else visit(link.href);
});

start(document.body);
