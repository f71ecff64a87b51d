// What is completed while one writes: `/` at the beginning of a reply lists canned replies, those kept on this device first;
// `@` in a note lists colleagues.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { el, fill } from "../dom/el.js";
import { nameOf, roleName } from "../text/names.js";
import { t } from "../text/words.js";

/** @typedef {{name: string, text: string}} Canned */

/** @returns {Canned[]} */
const builtIn = () => [
  { name: t("canned_arriving"), text: t("canned_arriving_text") },
  { name: t("canned_callback"), text: t("canned_callback_text") },
  { name: t("canned_photo"), text: t("canned_photo_text") },
  { name: t("canned_address"), text: t("canned_address_text") },
  { name: t("canned_thanks"), text: t("canned_thanks_text") },
];

/**
 * @param {App} app
 * @returns {Promise<Canned[]>}
 */
export async function allCanned(app) {
  const own = await app.shelf.all("canned").catch(() => new Map());
  return [...[...own].map(([name, text]) => ({ name, text: String(text) })), ...builtIn()];
}

/**
 * What may be completed where the writer stands: canned replies in a reply, colleagues in a note.
 * @param {App} app
 * @param {string} before the text up to the caret
 * @param {boolean} note
 * @returns {Promise<Choice[]>}
 */
async function choices(app, before, note) {
  if (note) {
    const asked = /(?:^|\s)@([\p{L}\p{N}._-]*)$/u.exec(before)?.[1]?.toLocaleLowerCase();
    if (asked === undefined) return [];
    const people = app.store.users.filter((user) => user.name.toLocaleLowerCase().includes(asked));
    return people.map((user) => ({ title: `@${user.name}`, words: roleName(user.role), from: before.length - asked.length - 1, text: `@${user.name} ` }));
  }
  if (!before.startsWith("/") || before.includes("\n")) return [];
  const asked = before.slice(1).toLocaleLowerCase();
  const found = (await allCanned(app)).filter((one) => one.name.toLocaleLowerCase().includes(asked));
  const thread = app.store.threads.get(app.open ?? "");
  const name = (thread ? nameOf(thread) : "").split(" ")[0] ?? "";
  return found.map((one) => ({ title: `/${one.name}`, words: one.text, from: 0, text: one.text.replaceAll("{name}", name) }));
}

/** @typedef {{title: string, words: string, from: number, text: string}} Choice */

const MOST = 12;

/**
 * The list of what may be completed, above the field.
 * @param {App} app
 * @param {HTMLTextAreaElement} field
 * @param {() => boolean} isNote
 * @param {Scope} scope
 */
export function completions(app, field, isNote, scope) {
  const node = el("div", { class: "canned", role: "listbox", id: "completions", "aria-label": t("completions"), hidden: true });
  /** @type {Choice[]} */
  let found = [];
  let at = 0;
  let asked = 0;

  const close = () => {
    asked += 1;
    node.hidden = true;
    found = [];
    field.removeAttribute("aria-activedescendant");
    field.removeAttribute("aria-controls");
  };
  const draw = () => {
    if (found.length === 0) return close();
    node.hidden = false;
    fill(node, found.map((one, index) => {
      const option = el("div", { role: "option", id: `completion-${index}`, "aria-selected": String(index === at) }, el("b", {}, one.title), el("span", { class: "cut soft" }, one.words));
      // Before the field loses the focus.
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        take(one);
      });
      return option;
    }));
    field.setAttribute("aria-controls", "completions");
    field.setAttribute("aria-activedescendant", `completion-${at}`);
    node.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  };
  const take = (/** @type {Choice} */ one) => {
    const end = field.selectionStart;
    close();
    field.setRangeText(one.text, one.from, end, "end");
    field.dispatchEvent(new Event("input"));
    field.focus();
  };
  const typed = async () => {
    const round = (asked += 1);
    const all = await choices(app, field.value.slice(0, field.selectionStart), isNote());
    if (round !== asked || scope.closed) return;
    found = all.slice(0, MOST);
    at = 0;
    draw();
  };
  /** Whether the key was for the list. @param {KeyboardEvent} event */
  const key = (event) => {
    if (node.hidden) return false;
    const one = found[at];
    if (event.key === "ArrowDown") at = (at + 1) % found.length;
    else if (event.key === "ArrowUp") at = (at - 1 + found.length) % found.length;
    else if ((event.key === "Enter" || event.key === "Tab") && one) take(one);
    else if (event.key === "Escape") close();
    else return false;
    event.preventDefault();
    if (found.length > 0) draw();
    return true;
  };
  field.addEventListener("blur", close);
  return { node, typed: () => void typed(), key };
}
