// The row of a contact in the list, brought up to date.
import { load } from "./http.js";
import { showTimes } from "./times.js";

// Returns the view of the contact. A list refreshes itself if the contact is new, or if it is filtered.
export async function showRow(id) {
  const view = await load(`/contacts/${id}`);
  const row = view.querySelector("template[data-updated]")?.content.querySelector("tr");
  const old = document.querySelector(`tr[data-id="${id}"]`);
  const place = old ? [...old.parentElement.children].indexOf(old) : -1;
  if (row && old) {
    old.replaceWith(row);
    showTimes(row);
  }
  document.dispatchEvent(new CustomEvent("changed", { detail: { id, place } }));
  return view;
}
