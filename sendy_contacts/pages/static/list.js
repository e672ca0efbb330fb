// The list: search while typing, filters in the address, more rows.
import { clearProblems, showProblems } from "./forms.js";
import { load } from "./http.js";
import { announce, showNumber } from "./status.js";
import { showTimes } from "./times.js";

const PAUSE = 250; // ms after the last key

export function list(root) {
  const form = root.querySelector("#filters");
  const tag = form.querySelector("#tag");
  const dialog = root.querySelector("dialog");
  const path = location.pathname;
  let [timer, request, more, typing, late] = [0, null, null, false, false];

  const readAddress = () => {
    const filled = [...new FormData(form)].filter(([, value]) => value.trim());
    const query = new URLSearchParams(filled).toString();
    return query ? `${path}?${query}` : path;
  };

  const update = async (whileTyping = false, isSaid = true) => {
    clearTimeout(timer);
    request?.abort();
    more?.abort();
    const { signal } = (request = new AbortController());
    const [address, sent] = [readAddress(), tag.value];
    const view = await ask(address, signal);
    if (!view) return;
    late = dialog.open;
    if (late) return;
    const found = view.getElementById("results") ?? view.querySelector("main");
    found.id = "results";
    root.querySelector("#results").replaceWith(found);
    form.querySelector("#tag-filters").replaceWith(view.getElementById("tag-filters") ?? form.querySelector("#tag-filters"));
    if (tag.value === sent) tag.value = "";
    if (address !== location.pathname + location.search) {
      history[whileTyping && typing ? "replaceState" : "pushState"](null, "", address);
    }
    typing = whileTyping;
    showTimes(found);
    if (isSaid) announce(root.querySelector("#count")?.textContent ?? found.textContent.trim());
  };

  const ask = async (address, signal) => {
    try {
      const view = await load(address, signal);
      if (!dialog.open) clearProblems(root); // the dialog's stay
      return view;
    } catch (error) {
      if (!signal.aborted) showProblems(root, new Error(`${error.message} The list is as it was.`));
      return null;
    }
  };

  const loadMore = async (link) => {
    if (link.ariaDisabled) return;
    link.ariaDisabled = true;
    const view = await ask(link.href, (more = new AbortController()).signal);
    link.ariaDisabled = null;
    if (!view) return;
    const rows = [...view.querySelectorAll("#results tbody tr")];
    root.querySelector("#results tbody").append(...rows);
    link.parentElement.replaceWith(view.querySelector("#more")?.parentElement ?? "");
    const shown = root.querySelectorAll("#results tbody tr").length;
    root.querySelector("[data-shown]").textContent = showNumber(shown);
    showTimes(root);
    rows[0]?.querySelector("a").focus();
    announce(`${showNumber(shown)} contacts are shown`);
  };

  // A contact is new, or may no longer match: then the one that takes its place is focused.
  const refresh = async ({ detail: { id, place } }) => {
    if (!root.isConnected) return document.removeEventListener("changed", refresh);
    if (place >= 0 && readAddress() === path) return;
    await update(false, false);
    if (dialog.open) return;
    const rows = [...root.querySelectorAll("#results tbody tr")];
    const row = rows.find((other) => other.dataset.id === id) ?? rows[Math.min(place, rows.length - 1)];
    (row?.querySelector("a") ?? document.querySelector("main h1")).focus();
  };

  document.addEventListener("changed", refresh);
  dialog.addEventListener("close", () => late && setTimeout(update, PAUSE, true));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    update();
  });
  form.querySelector("#q").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(update, PAUSE, true);
  });
  form.querySelector("#optedIn").addEventListener("change", () => update());
  tag.addEventListener("change", () => update());
  tag.addEventListener("input", (event) => {
    const isChosen = !(event instanceof InputEvent) || event.inputType === "insertReplacementText";
    if (isChosen) update();
  });
  root.addEventListener("click", async (event) => {
    const link = event.target.closest("#more, #tag-filters a");
    if (!link) return;
    event.preventDefault();
    if (link.id === "more") return loadMore(link);
    link.closest("li").remove();
    await update();
    tag.focus();
  });
}
