// Building elements. Text enters only as text nodes; there is no way to pass markup or style attributes.

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Child | Child[]} Children
 */

/**
 * An element with attributes (`true` is an empty one, `false` and `null` none), `on…` handlers, `data` and children.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [attributes]
 * @param {...Children} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "data") Object.assign(node.dataset, value);
    else if (name.startsWith("on") && typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (name === "value" && "value" in node) /** @type {any} */ (node).value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

/**
 * @param {Element} node
 * @param {Children[]} children
 */
function append(node, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
}

/**
 * Replaces all children and gives the focus back to what carries the same `data-focus`.
 * @template {Element} E
 * @param {E} node
 * @param {...Children} children
 * @returns {E}
 */
export function fill(node, ...children) {
  const active = document.activeElement;
  const key = active instanceof HTMLElement && node.contains(active) ? active.dataset.focus : undefined;
  node.replaceChildren();
  append(node, children);
  if (key) /** @type {HTMLElement | null} */ (node.querySelector(`[data-focus="${CSS.escape(key)}"]`))?.focus();
  return node;
}

/**
 * What people wrote: isolated, so that its direction turns nothing around it.
 * @param {string} text
 * @param {string} [extra] classes
 */
export const said = (text, extra = "") => el("span", { class: `said ${extra}`, dir: "auto" }, text);

/**
 * @template {Element} [E=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {E}
 */
export function find(selector, within = document) {
  const node = within.querySelector(selector);
  if (!node) throw new Error(`nothing is ${selector}`);
  return /** @type {E} */ (node);
}
