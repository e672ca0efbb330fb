// The row of a contact in the list, brought up to date.
import { load } from "./http.js";
import { showTimes } from "./times.js";

// Returns the view of the contact.
export async function showRow(id) {
  const view = await load(`/contacts/${id}`);
  const row = view.querySelector("template[data-updated]")?.content.querySelector("tr");
  const old = document.querySelector(`tr[data-id="${id}"]`);
  const body = document.querySelector("#results tbody");
  if (!row) return view;
  if (old) old.replaceWith(row);
  else if (body) body.prepend(row);
  else if (document.getElementById("results")) document.querySelector("#results .empty").replaceWith(makeTable(view));
  showTimes(document.querySelector("main"));
  return view;
}

function makeTable(view) {
  return view.querySelector("template[data-updated]").content.cloneNode(true);
}
