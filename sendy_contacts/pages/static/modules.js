// Which module an element names in data-module.
import { attributes } from "./attributes.js";
import { check } from "./check.js";
import { chips } from "./chips.js";
import { contact } from "./contact.js";
import { list } from "./list.js";
import { match } from "./match.js";
import { run, undo } from "./run.js";
import { template } from "./template.js";
import { showTimes } from "./times.js";
import { upload } from "./upload.js";

const MODULES = { attributes, check, chips, contact, list, match, run, template, undo, upload };

export function start(root) {
  for (const element of root.querySelectorAll("[data-module]")) MODULES[element.dataset.module]?.(element);
  showTimes(root);
}
