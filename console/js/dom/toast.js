// Short words at the foot of the page, with at most one thing to do about them. Said to screen readers once.

import { el, find } from "./el.js";

const STAYS_MS = 7000;
const MOST = 3;

/**
 * @param {string} words
 * @param {{label: string, run: () => void}} [action]
 */
export function toast(words, action) {
  const host = find("#toasts");
  const note = el("div", { class: "toast" }, el("span", {}, words));
  const gone = () => note.remove();
  if (action) {
    const run = () => {
      gone();
      action.run();
    };
    note.append(el("button", { type: "button", onclick: run }, action.label));
  }
  host.append(note);
  while (host.children.length > MOST) host.firstElementChild?.remove();
  setTimeout(gone, STAYS_MS);
}
