// A small choice of emoji; systems have a larger one of their own.

import { el } from "../dom/el.js";
import { show } from "../dom/menu.js";
import { t } from "../text/words.js";

const ALL = [..."👍👎🙏👌👏💪🤝👋😀😊😅😂😉😍🤔😕😢😮✅❌⏳❗❓🔧🔩🚿🚽🚰💧🔥🧰🏠📷📄📞📍🚗⏰📅🎉"];

/**
 * @param {HTMLElement} anchor
 * @param {(emoji: string) => void} insert
 */
export function emojiMenu(anchor, insert) {
  const grid = el("div", { class: "emoji" });
  const node = el("div", { class: "menu", popover: "auto", role: "dialog", "aria-label": t("emoji") }, grid);
  for (const emoji of ALL) {
    const button = el("button", { type: "button", "aria-label": emoji }, emoji);
    button.addEventListener("click", () => {
      node.hidePopover();
      insert(emoji);
    });
    grid.append(button);
  }
  grid.addEventListener("keydown", (event) => {
    // The keys of the page are not meant while one chooses.
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      node.hidePopover();
      return anchor.focus();
    }
    const way = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
    if (!way) return;
    const at = [...grid.children].indexOf(/** @type {Element} */ (document.activeElement));
    const next = grid.children[Math.min(ALL.length - 1, Math.max(0, at + way))];
    if (next instanceof HTMLElement) next.focus();
    event.preventDefault();
  });
  node.addEventListener("toggle", (event) => /** @type {ToggleEvent} */ (event).newState === "closed" && node.remove());
  show(anchor, node);
  /** @type {HTMLElement | null} */ (grid.firstElementChild)?.focus();
}
