// The row of a contact in the list, brought up to date.
import { load } from "./http.js";
import { showTimes } from "./times.js";

// Returns the view of the contact. The list shows a new one by itself.
export async function showRow(id) {
  const view = await load(`/contacts/${id}`);
  const row = view.querySelector("template[data-updated]")?.content.querySelector("tr");
  const old = document.querySelector(`tr[data-id="${id}"]`);
  if (row && old) {
    old.replaceWith(row);
    showTimes(row);
  } else {
    document.dispatchEvent(new CustomEvent("added", { detail: id }));
  }
  return view;
}
