// A menu below a button: arrow keys, Home, End, Escape, first letters; closes when the focus leaves it.

import { el } from "./el.js";
import { icon } from "./icon.js";

/**
 * @typedef {{label: string, icon?: string, checked?: boolean, keys?: string, disabled?: boolean, run: () => void} | "line"
 *   | {heading: string}} Item
 */

/** @type {(() => void) | null} */
let closeOpen = null;

/**
 * @param {HTMLElement} anchor
 * @param {Item[]} items
 * @param {string} label what a screen reader calls it
 */
export function openMenu(anchor, items, label) {
  closeOpen?.();
  const node = el("div", { class: "menu", role: "menu", "aria-label": label, popover: "manual" });
  for (const item of items) node.append(line(item, () => close(true)));
  show(anchor, node);
  anchor.setAttribute("aria-expanded", "true");
  const lines = () => /** @type {HTMLElement[]} */ ([...node.querySelectorAll('[role^="menuitem"]:not([disabled])')]);
  const outside = (/** @type {Event} */ event) => {
    const target = /** @type {Node} */ (event.target);
    if (!node.contains(target) && !anchor.contains(target)) close(false);
  };
  const close = (/** @type {boolean} */ back) => {
    document.removeEventListener("pointerdown", outside, true);
    anchor.setAttribute("aria-expanded", "false");
    node.remove();
    closeOpen = null;
    if (back) anchor.focus();
  };
  closeOpen = () => close(false);
  document.addEventListener("pointerdown", outside, true);
  node.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const all = lines();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = step(event.key, at, all);
    if (event.key === "Escape" || event.key === "Tab") close(true);
    else if (to) to.focus();
    else return;
    event.preventDefault();
  });
  lines()[0]?.focus();
}

/**
 * @param {string} key
 * @param {number} at
 * @param {HTMLElement[]} all
 */
function step(key, at, all) {
  if (key === "ArrowDown") return all[(at + 1) % all.length];
  if (key === "ArrowUp") return all[(at - 1 + all.length) % all.length];
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  if (key.length !== 1 || key === " ") return undefined;
  const begins = (/** @type {HTMLElement} */ node) => node.textContent?.trim().toLowerCase().startsWith(key.toLowerCase());
  return [...all.slice(at + 1), ...all].find(begins);
}

/**
 * @param {Item} item
 * @param {() => void} close
 */
function line(item, close) {
  if (item === "line") return el("hr");
  if ("heading" in item) return el("h3", { role: "presentation" }, item.heading);
  const chosen = item.checked !== undefined;
  const run = () => {
    close();
    item.run();
  };
  return el(
    "button",
    {
      type: "button",
      role: chosen ? "menuitemradio" : "menuitem",
      "aria-checked": chosen ? String(item.checked) : null,
      tabindex: "-1",
      disabled: item.disabled ?? false,
      onclick: run,
    },
    chosen ? icon("check", "check small") : null,
    item.icon ? icon(item.icon, "small") : null,
    el("span", { class: "grow cut" }, item.label),
    item.keys ? el("kbd", {}, item.keys) : null,
  );
}

/**
 * Shows a popover beside its button, inside the window.
 * @param {HTMLElement} anchor
 * @param {HTMLElement} node
 */
export function show(anchor, node) {
  const host = anchor.closest("dialog") ?? document.body;
  host.append(node);
  node.showPopover();
  const place = anchor.getBoundingClientRect();
  const own = node.getBoundingClientRect();
  const left = Math.min(Math.max(8, place.left), innerWidth - own.width - 8);
  const below = place.bottom + 4;
  const top = below + own.height > innerHeight - 8 ? Math.max(8, place.top - own.height - 4) : below;
  node.style.left = `${left}px`;
  node.style.top = `${top}px`;
}
