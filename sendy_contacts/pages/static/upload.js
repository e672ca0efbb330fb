// A file is sent as soon as it is chosen. It stays at hand to be read again in another way.
import { showProblems } from "./forms.js";
import { call, refuse, request } from "./http.js";
import { announce } from "./status.js";
import { visit } from "./visit.js";

const MAX_FILE = 25 * 1024 * 1024;
const SAID = ["encoding", "delimiter", "headerRow"];
let last = null; // the file, the import it became, and how it was to be read

export function upload(form) {
  const input = form.querySelector("[type=file]");
  const later = "later" in input.dataset;
  if (later && location.pathname.endsWith(last?.id)) {
    input.files = last.files;
    for (const name of SAID) form.elements[name].value = last.said.get(name) ?? "";
  }
  if (!later) input.addEventListener("change", () => send(form, input));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, input);
  });
  for (const kind of ["dragenter", "dragover"]) form.addEventListener(kind, (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length !== 1) return showProblems(form, new Error("Drop one file at a time."));
    input.files = event.dataTransfer.files;
    if (!later) send(form, input);
  });
}

async function send(form, input) {
  const [file] = input.files;
  const busy = form.querySelector("[data-busy]");
  const cancel = new AbortController();
  try {
    const body = await fill(form, file);
    busy.hidden = false;
    const button = busy.querySelector("[data-cancel]");
    button.onclick = () => cancel.abort();
    button.focus();
    announce("Reading the file");
    const response = await request("/internal/imports", { method: "POST", body, signal: cancel.signal });
    if (!response.ok) throw await refuse(response);
    const record = await response.json();
    const transfer = new DataTransfer();
    transfer.items.add(file);
    if (form.dataset.id) await carryOver(form.dataset.id, record);
    last = { files: transfer.files, id: record.id, said: body };
    await visit(`/contacts/imports/${record.id}`);
  } catch (error) {
    if (!cancel.signal.aborted) showProblems(form, error);
    else input.focus();
  } finally {
    busy.hidden = true;
    if (!("later" in input.dataset)) input.value = "";
  }
}

// What was said of the columns, and the tags, count also after the file is read again.
async function carryOver(id, record) {
  const before = await (await request(`/internal/imports/${id}`)).json();
  const headers = record.columns.map((column) => column.header);
  const isOnce = (header) => headers.indexOf(header) >= 0 && headers.indexOf(header) === headers.lastIndexOf(header);
  const said = before.columns.filter(({ header, why }) => why === "as asked" && isOnce(header));
  const columns = said.map(({ header, target }) => ({ header, target }));
  if (columns.length || before.addTags.length) await call("PATCH", `/internal/imports/${record.id}`, { columns, addTags: before.addTags });
}

async function fill(form, file) {
  if (!file) throw new Error("Choose a file first.");
  if (file.size > MAX_FILE) throw new Error("The file is larger than 25 MB. Split the list, or save it as CSV.");
  const body = new FormData();
  for (const [name, value] of new FormData(form)) if (name !== "file" && value) body.set(name, value);
  const content = await file.arrayBuffer().catch(() => {
    throw new Error("The file has changed or can't be read. Choose it again.");
  });
  body.set("file", new Blob([content]), file.name);
  return body;
}
