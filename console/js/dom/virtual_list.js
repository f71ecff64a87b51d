// A list that draws only what is near the viewport: keyed, with heights measured as they come, and an anchor that keeps
// what is read in its place when something above it grows. Knows nothing of what its entries mean.

import { el } from "./el.js";

/** Pixels drawn beyond both edges, and entries drawn at most. */
const MARGIN = 900;
const MOST = 240;
/** So near to its end a list counts as being there. */
const NEAR = 48;
/** Entries remembered for finding back what is read. */
const ANCHORS = 5;

/**
 * @template {{key: string}} T
 * @typedef {{
 *   scroller: HTMLElement, draw: (entry: T, index: number) => HTMLElement, estimate: (entry: T) => number,
 *   sticks?: boolean, role?: string, drawn?: () => void, tail?: number
 * }} Options
 */

/** @template {{key: string}} T */
export class VirtualList {
  /** @type {T[]} */
  #entries = [];
  /** @type {Map<string, number>} */
  #heights = new Map();
  /** @type {Map<string, {node: HTMLElement, entry: T}>} */
  #drawn = new Map();
  /** Where each entry begins; one more for the end. */
  #tops = new Float64Array(1);
  #width = 0;
  #frame = 0;
  /** What is read: the first entries in view, where they stood. @type {{key: string, index: number, offset: number}[]} */
  #anchors = [];
  #atEnd = false;
  #showing = false;
  /** Where it was last scrolled to. */
  #seen = 0;

  /** @param {Options<T>} options */
  constructor(options) {
    this.options = options;
    this.above = el("div", { "aria-hidden": "true" });
    this.run = el("div", { class: "run", role: options.role ?? null });
    this.below = el("div", { "aria-hidden": "true" });
    options.scroller.append(this.above, this.run, this.below);
    this.#atEnd = options.sticks ?? false;
    this.resizes = new ResizeObserver((changes) => this.#resized(changes));
    this.resizes.observe(options.scroller);
    options.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
  }

  get entries() {
    return this.#entries;
  }

  get atEnd() {
    return this.#atEnd;
  }

  /** How many nodes are drawn. */
  get size() {
    return this.#drawn.size;
  }

  /** @param {T[]} entries replaces all; an entry that is the same object keeps its node */
  set(entries) {
    this.#catchUp();
    this.#entries = entries;
    this.#layout();
    this.#draw();
    this.#anchor();
  }

  /** @param {string} key */
  node(key) {
    return this.#drawn.get(key)?.node ?? null;
  }

  /** The first entry that can be seen, for a heading that stays. */
  first() {
    return this.#entries[this.#at(this.options.scroller.scrollTop)] ?? null;
  }

  toEnd() {
    this.#atEnd = true;
    this.#anchors = [];
    this.#draw();
    this.#anchor();
  }

  /**
   * Brings an entry into view.
   * @param {string} key
   * @param {"nearest" | "start" | "centre"} [where]
   */
  show(key, where = "nearest") {
    const index = this.#entries.findIndex((entry) => entry.key === key);
    if (index < 0) return;
    const { scroller } = this.options;
    const height = scroller.clientHeight;
    this.#showing = true;
    // Drawing measures, and what is measured may move the place: the second time it holds.
    for (let round = 0; round < 3; round += 1) {
      const top = this.#tops[index] ?? 0;
      const bottom = this.#tops[index + 1] ?? top;
      let target = scroller.scrollTop;
      if (where === "start") target = top - 40;
      else if (where === "centre") target = top - Math.max(40, (height - (bottom - top)) / 2);
      else if (top < target) target = top;
      else if (bottom > target + height) target = bottom - height;
      this.#atEnd = false;
      this.#anchors = [{ key, index, offset: target - top }];
      this.#draw();
    }
    this.#showing = false;
    // Shown, and the end with it: whoever reads there stays there.
    this.#atEnd = (this.options.sticks ?? false) && scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - NEAR;
    this.#anchor();
    this.options.drawn?.();
  }

  destroy() {
    this.resizes.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  #layout() {
    const count = this.#entries.length;
    if (this.#tops.length < count + 1) this.#tops = new Float64Array(Math.max(count + 1, this.#tops.length * 2));
    let top = 0;
    for (let index = 0; index < count; index += 1) {
      this.#tops[index] = top;
      const entry = /** @type {T} */ (this.#entries[index]);
      top += this.#heights.get(entry.key) ?? this.options.estimate(entry);
    }
    this.#tops[count] = top + (count > 0 ? (this.options.tail ?? 0) : 0);
  }

  /** @param {number} y */
  #at(y) {
    let low = 0;
    let high = this.#entries.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#tops[middle] ?? 0) <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #scrolled() {
    this.#moved();
    if (!this.#frame) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#catchUp();
        this.#draw();
      });
    }
  }

  /** The event that tells of scrolling comes a frame late: what is drawn before it must not undo it. */
  #catchUp() {
    const { scroller } = this.options;
    // Hidden, a list has no place.
    if (scroller.clientHeight > 0 && Math.abs(scroller.scrollTop - this.#seen) > 0.5) this.#moved();
  }

  #moved() {
    const { scroller, sticks } = this.options;
    const near = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - NEAR;
    // Only going up leaves the end: a window that shrinks or a picture that grows does not.
    if (near) this.#atEnd = sticks ?? false;
    else if (scroller.scrollTop < this.#seen - 1) this.#atEnd = false;
    this.#seen = scroller.scrollTop;
    this.#anchor();
  }

  /** Remembers what is read. */
  #anchor() {
    const top = this.options.scroller.scrollTop;
    const first = this.#at(top);
    const anchor = (/** @type {T} */ entry, /** @type {number} */ by) => {
      const index = first + by;
      return { key: entry.key, index, offset: top - (this.#tops[index] ?? 0) };
    };
    this.#anchors = this.#entries.slice(first, first + ANCHORS).map(anchor);
  }

  /** Where the view belongs, so that what is read stays in its place. */
  #goal() {
    const { scroller, sticks } = this.options;
    const most = Math.max(0, (this.#tops[this.#entries.length] ?? 0) - scroller.clientHeight);
    if (this.#atEnd) return most;
    // Whoever reads the top of a list sees what comes in there.
    if (scroller.scrollTop === 0 && !sticks && !this.#showing) return 0;
    const anchor = this.#steady();
    return Math.min(most, Math.max(0, anchor ? (this.#tops[anchor.index] ?? 0) + anchor.offset : scroller.scrollTop));
  }

  /** The first anchor that moved as most of them did: one that was sorted away takes the view nowhere. */
  #steady() {
    const now = this.#anchors.flatMap(({ key, index, offset }) => {
      const found = this.#entries[index]?.key === key ? index : this.#entries.findIndex((entry) => entry.key === key);
      return found < 0 ? [] : [{ index: found, offset, shift: found - index }];
    });
    const votes = (/** @type {number} */ shift) => now.filter((one) => one.shift === shift).length;
    const most = Math.max(0, ...now.map((one) => votes(one.shift)));
    return now.find((one) => votes(one.shift) === most);
  }

  /**
   * @param {number} from
   * @param {number} until
   */
  #space(from, until) {
    this.above.style.height = `${this.#tops[from] ?? 0}px`;
    this.below.style.height = `${(this.#tops[this.#entries.length] ?? 0) - (this.#tops[until] ?? 0)}px`;
  }

  #draw() {
    const { scroller } = this.options;
    // What is measured for the first time may uncover more: a few rounds, then whatever is there.
    for (let round = 0; round < 4; round += 1) {
      const goal = this.#goal();
      const from = this.#at(Math.max(0, goal - MARGIN));
      const until = Math.min(this.#at(goal + scroller.clientHeight + MARGIN) + 1, from + MOST, this.#entries.length);
      this.#place(from, until);
      const measured = this.#measure();
      if (measured) this.#layout();
      this.#space(from, until);
      if (!measured) break;
    }
    const goal = this.#goal();
    if (Math.abs(scroller.scrollTop - goal) > 0.5) scroller.scrollTop = goal;
    this.#seen = scroller.scrollTop;
    this.options.drawn?.();
  }

  /**
   * @param {number} from
   * @param {number} until
   */
  #place(from, until) {
    const wanted = new Set();
    /** @type {ChildNode | null} */
    let cursor = this.run.firstChild;
    for (let index = from; index < until; index += 1) {
      const entry = /** @type {T} */ (this.#entries[index]);
      wanted.add(entry.key);
      const known = this.#drawn.get(entry.key);
      let node = known?.node;
      if (!node || known?.entry !== entry) {
        const fresh = this.options.draw(entry, index);
        if (node) {
          if (cursor === node) cursor = fresh;
          this.resizes.unobserve(node);
          node.replaceWith(fresh);
        }
        this.resizes.observe(fresh);
        node = fresh;
        this.#drawn.set(entry.key, { node, entry });
      }
      if (node === cursor) cursor = cursor.nextSibling;
      else this.run.insertBefore(node, cursor);
    }
    for (const [key, { node }] of this.#drawn) {
      if (wanted.has(key)) continue;
      this.resizes.unobserve(node);
      node.remove();
      this.#drawn.delete(key);
    }
  }

  /** Whether any height is other than it was taken for. */
  #measure() {
    let changed = false;
    for (const [key, { node }] of this.#drawn) {
      const height = node.getBoundingClientRect().height;
      if (height > 0 && Math.abs((this.#heights.get(key) ?? -1) - height) > 0.25) {
        this.#heights.set(key, height);
        changed = true;
      }
    }
    return changed;
  }

  /** @param {ResizeObserverEntry[]} changes */
  #resized(changes) {
    this.#catchUp();
    const own = changes.find((change) => change.target === this.options.scroller);
    if (own && Math.abs(own.contentRect.width - this.#width) > 1) {
      this.#width = own.contentRect.width;
      this.#heights.clear();
      this.#layout();
    }
    if (own || this.#measure()) {
      this.#measure();
      this.#layout();
      this.#draw();
    }
  }
}
