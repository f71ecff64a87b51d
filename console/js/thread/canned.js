// Canned replies: `/` at the beginning of a message lists them; the house's own first, then those kept on this device.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { el, fill } from "../dom/el.js";
import { nameOf } from "../text/names.js";
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
 * @param {App} app
 * @param {HTMLTextAreaElement} field
 * @param {HTMLElement} box
 * @param {(text: string) => void} replace
 * @param {Scope} scope
 */
export function cannedReplies(app, field, box, replace, scope) {
  const node = el("div", { class: "canned", role: "listbox", id: "canned", "aria-label": t("canned"), hidden: true });
  /** @type {Canned[]} */
  let found = [];
  let at = 0;
  let asked = 0;

  const close = () => {
    node.hidden = true;
    found = [];
    field.removeAttribute("aria-activedescendant");
    field.removeAttribute("aria-controls");
  };
  const draw = () => {
    node.hidden = found.length === 0;
    if (node.hidden) return close();
    fill(node, found.map((one, index) => {
      const option = el("div", { role: "option", id: `canned-${index}`, "aria-selected": String(index === at) }, el("b", {}, `/${one.name}`), el("span", { class: "cut soft" }, one.text));
      // Before the field loses the focus.
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        take(one);
      });
      return option;
    }));
    field.setAttribute("aria-controls", "canned");
    field.setAttribute("aria-activedescendant", `canned-${at}`);
    node.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  };
  const take = (/** @type {Canned} */ one) => {
    const thread = app.store.threads.get(app.open ?? "");
    const name = (thread ? nameOf(thread) : "").split(" ")[0] ?? "";
    close();
    replace(one.text.replaceAll("{name}", name));
  };
  const typed = () => {
    const round = (asked += 1);
    if (!field.value.startsWith("/") || field.value.includes("\n")) return close();
    const wanted = field.value.slice(1).toLocaleLowerCase();
    void allCanned(app).then((all) => {
      if (round !== asked || scope.closed) return;
      found = all.filter((one) => one.name.toLocaleLowerCase().includes(wanted)).slice(0, 12);
      at = 0;
      draw();
    });
  };
  /** Whether the key was for the list. @param {KeyboardEvent} event */
  const key = (event) => {
    if (node.hidden) return false;
    const one = found[at];
    if (event.key === "ArrowDown") at = (at + 1) % found.length;
    else if (event.key === "ArrowUp") at = (at - 1 + found.length) % found.length;
    else if ((event.key === "Enter" || event.key === "Tab") && one) {
      event.preventDefault();
      take(one);
      return true;
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
      return true;
    } else return false;
    event.preventDefault();
    draw();
    return true;
  };
  field.addEventListener("blur", close);
  return { node, typed, key };
}
