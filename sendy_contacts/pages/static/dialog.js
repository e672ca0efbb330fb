// A contact in a dialog over the list, under its own address.
import { load } from "./http.js";
import { start } from "./modules.js";
import { showRow } from "./rows.js";
import { tell } from "./status.js";
import { atBack, goBack, mayLeave, visit } from "./visit.js";

let opening = false;

export async function openDialog(dialog, link) {
  if (opening || dialog.open) return;
  opening = true;
  const view = await load(link.href).finally(() => (opening = false));
  const article = view.querySelector("main > article");
  if (!article) return visit(link.href);
  for (const options of article.querySelectorAll("datalist")) {
    if (document.getElementById(options.id)) options.remove();
  }
  const before = { title: document.title, address: link.getAttribute("href") };
  dialog.replaceChildren(article);
  dialog.setAttribute("aria-label", article.querySelector("h1").textContent);
  history.pushState(null, "", link.href);
  document.title = view.title;
  dialog.showModal();
  start(dialog);
  article.querySelector("h1").focus();

  const close = ({ isBack = false } = {}) => {
    article.dispatchEvent(new Event("left"));
    atBack(null);
    dialog.close();
    dialog.replaceChildren();
    document.title = before.title;
    if (!isBack) goBack();
    const opener = link.isConnected ? link : document.querySelector(`main a[href="${before.address}"]`);
    (opener ?? document.querySelector("main h1")).focus();
  };
  const leave = (event) => {
    event.preventDefault();
    if (mayLeave()) close();
  };
  atBack(() => close({ isBack: true }));
  dialog.oncancel = leave;
  dialog.onkeydown = (event) => {
    if (event.key === "Escape") leave(event); // a third cancel can't be prevented
  };
  article.querySelector("[data-close]")?.addEventListener("click", leave);
  article.addEventListener("saved", async (event) => {
    const { id, message } = event.detail;
    close();
    await showRow(id);
    document.querySelector(`tr[data-id="${id}"] a`)?.focus();
    tell(message);
  });
}
