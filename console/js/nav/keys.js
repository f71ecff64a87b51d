// The keyboard: single keys for what is done all day, `g` and a letter for where to go. Silent while somebody types.

import { el } from "../dom/el.js";
import { openDialog } from "../dom/dialog.js";
import { t } from "../text/words.js";

/** @import { Key } from "../text/words.js" */
/** @typedef {{keys: string[], shown: string[], words: Key, group: Key, run: () => void, when?: () => boolean}} Shortcut */

const SEQUENCE_MS = 1200;
const OWN = new Set(["Enter", " ", "ArrowDown", "ArrowUp"]);

export class Keys {
  /** @type {Shortcut[]} */
  #shortcuts = [];
  #begun = "";
  #begunAt = 0;

  constructor() {
    document.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** @param {Shortcut[]} shortcuts */
  add(...shortcuts) {
    this.#shortcuts.push(...shortcuts);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.defaultPrevented || event.isComposing || event.altKey || document.querySelector("dialog[open], .gate")) return;
    const command = event.ctrlKey || event.metaKey;
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    const typing = target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
    if (typing && !command) return;
    const key = (command ? "mod+" : "") + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
    // A focused button or row keeps its own Enter and Space, and what scrolls its arrows.
    if (OWN.has(key) && target !== document.body) return;
    const sequence = Date.now() - this.#begunAt < SEQUENCE_MS ? `${this.#begun} ${key}` : key;
    const fits = (/** @type {string} */ pressed) => (/** @type {Shortcut} */ one) => one.keys.includes(pressed) && (one.when?.() ?? true);
    const found = this.#shortcuts.find(fits(sequence)) ?? this.#shortcuts.find(fits(key));
    this.#begun = key;
    this.#begunAt = key === "g" ? Date.now() : 0;
    if (!found) return;
    event.preventDefault();
    found.run();
  }

  /** Lists them all. */
  help() {
    /** @type {Node[]} */
    const lines = [];
    let group = "";
    for (const { shown, words, group: its } of this.#shortcuts) {
      if (its !== group) lines.push(el("h3", {}, t(its)));
      group = its;
      const caps = shown.flatMap((key, index) => [index > 0 ? " " : null, el("kbd", {}, key)]);
      lines.push(el("div", {}, el("span", {}, t(words)), el("span", {}, caps)));
    }
    openDialog({ title: t("keys_title"), content: [el("div", { class: "keys" }, lines)], kind: "wide" });
  }
}

export const COMMAND = navigator.platform.startsWith("Mac") ? "⌘" : t("key_ctrl");
