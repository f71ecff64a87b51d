// The three panes and the dividers between them: dragged or moved by arrow keys, remembered on this device.

/** @import { App } from "../app.js" */

import { el } from "../dom/el.js";
import { t } from "../text/words.js";

const KEY = "plumbline-panes";
const LIMITS = { inbox: [260, 460], rail: [260, 420] };
/** Part of the window that the conversation keeps, and the navigation's width. */
const MIDDLE = 0.45;
const NAV = 56;
const STEP = 16;

/** @typedef {{inbox: number, rail: number}} Widths */

/** @returns {Widths} */
function remembered() {
  try {
    return { inbox: 344, rail: 316, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return { inbox: 344, rail: 316 };
  }
}

/**
 * @param {App} app
 * @param {HTMLElement} inbox
 * @param {HTMLElement} thread
 * @param {HTMLElement} rail
 */
export function panes(app, inbox, thread, rail) {
  const widths = remembered();
  const scrim = el("button", { class: "scrim", "aria-label": t("close_details"), onclick: () => node.classList.remove("rail-open") });
  const first = divider("first", t("divider_inbox"), "inbox");
  const second = divider("second", t("divider_rail"), "rail");
  const node = el("div", { class: "panes" }, inbox, thread, rail, first, second, scrim);

  /** Brings both into their limits and the middle to its part. */
  function lay() {
    const fit = (/** @type {"inbox" | "rail"} */ which) => {
      const [least, most] = /** @type {[number, number]} */ (LIMITS[which]);
      return Math.round(Math.min(most, Math.max(least, widths[which])));
    };
    let [left, right] = [fit("inbox"), fit("rail")];
    const room = innerWidth * (1 - MIDDLE) - NAV;
    if (innerWidth >= 1280 && left + right > room) {
      right = Math.max(260, room - left);
      left = Math.max(260, Math.min(left, room - right));
    }
    node.style.setProperty("--inbox-width", `${left}px`);
    node.style.setProperty("--rail-width", `${right}px`);
    first.setAttribute("aria-valuenow", String(left));
    second.setAttribute("aria-valuenow", String(right));
  }

  /**
   * @param {"inbox" | "rail"} which
   * @param {number} width
   */
  function move(which, width) {
    widths[which] = width;
    lay();
    try {
      localStorage.setItem(KEY, JSON.stringify(widths));
    } catch {
      // A private window forgets.
    }
  }

  /**
   * @param {string} extra
   * @param {string} label
   * @param {"inbox" | "rail"} which
   */
  function divider(extra, label, which) {
    const [least, most] = /** @type {[number, number]} */ (LIMITS[which]);
    const place = { role: "separator", "aria-orientation": "vertical", "aria-valuemin": least, "aria-valuemax": most };
    const line = el("div", { class: `divider ${extra}`, tabindex: "0", "aria-label": label, "aria-valuenow": widths[which], ...place });
    const widthAt = (/** @type {number} */ x) => (which === "inbox" ? x - node.getBoundingClientRect().left : innerWidth - x);
    line.addEventListener("pointerdown", (event) => {
      line.setPointerCapture(event.pointerId);
      line.classList.add("dragged");
    });
    line.addEventListener("pointermove", (event) => line.hasPointerCapture(event.pointerId) && move(which, widthAt(event.clientX)));
    line.addEventListener("lostpointercapture", () => line.classList.remove("dragged"));
    line.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
      if (!way) return;
      event.preventDefault();
      move(which, widths[which] + (which === "inbox" ? way : -way));
    });
    return line;
  }

  addEventListener("resize", lay);
  addEventListener("keydown", (event) => event.key === "Escape" && node.classList.remove("rail-open"));
  app.store.on("route", () => {
    node.classList.remove("rail-open");
    node.classList.toggle("without-rail", app.open === null);
  });
  node.classList.toggle("without-rail", app.open === null);
  lay();
  return node;
}
