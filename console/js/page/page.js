// What all pages beside the inbox share: a heading, a body that is filled when its data is there, and what to show until
// then or instead.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { Failure } from "../data/api.js";
import { el, fill } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { t } from "../text/words.js";

/**
 * @param {string} title
 * @param {{narrow?: boolean, verbs?: (Node | null)[]}} [options]
 */
export function page(title, { narrow = false, verbs = [] } = {}) {
  const body = el("div", { class: `body ${narrow ? "narrow" : ""}`, tabindex: "-1" });
  const top = el("header", { class: "top" }, el("h1", { class: "grow" }, title), verbs);
  const node = el("section", { class: "page", "aria-label": title }, top, body);
  return { node, body, top };
}

/**
 * Reads and draws, again whenever one of the topics changes; says so when it cannot.
 * @template T
 * @param {App} app
 * @param {Scope} scope
 * @param {HTMLElement} body
 * @param {() => Promise<T>} read
 * @param {(data: T) => import("../dom/el.js").Children} draw
 * @param {string[]} [topics]
 */
export function reading(app, scope, body, read, draw, topics = []) {
  let shown = false;
  let round = 0;
  const run = async () => {
    const mine = (round += 1);
    try {
      const data = await read();
      if (scope.closed || mine !== round) return;
      shown = true;
      fill(body, draw(data));
    } catch (error) {
      if (scope.closed || mine !== round) return;
      const failure = error instanceof Failure ? error : null;
      // Once something is shown it stays: the bar tells of the connection.
      if (shown && failure?.passing) return;
      fill(body, trouble(failure, () => void run()));
    }
  };
  if (!body.firstChild) fill(body, el("div", { class: "skeleton", "aria-hidden": "true" }, Array.from({ length: 5 }, () => el("i"))));
  for (const topic of topics) app.store.on(topic, () => void run(), scope.signal);
  app.store.on("connection", () => app.store.connection.state === "live" && !shown && void run(), scope.signal);
  void run();
  return run;
}

/**
 * @param {Failure | null} failure
 * @param {() => void} again
 */
function trouble(failure, again) {
  const missing = failure?.status === 404;
  const words = failure?.status === 403 ? t("page_forbidden") : missing ? t("page_missing") : (failure?.words ?? t("problem_server"));
  const retry = el("button", { type: "button", onclick: again }, t("retry_now"));
  return el("div", { class: "empty", role: "alert" }, icon("alert"), el("h2", {}, words), missing || failure?.status === 403 ? null : retry);
}

/**
 * @param {string} shape
 * @param {string} title
 * @param {string} [words]
 */
export function nothing(shape, title, words) {
  return el("div", { class: "empty" }, icon(shape), el("h2", {}, title), words ? el("p", {}, words) : null);
}

/**
 * @param {string[]} heads
 * @param {import("../dom/el.js").Children[][]} rows
 * @param {{numbers?: number[], label: string}} options
 */
export function table(heads, rows, { numbers = [], label }) {
  const kind = (/** @type {number} */ index) => (numbers.includes(index) ? "number" : "");
  const head = el("tr", {}, heads.map((words, index) => el("th", { scope: "col", class: kind(index) }, words)));
  const lines = rows.map((row) => el("tr", {}, row.map((cell, index) => el("td", { class: kind(index) }, ...(Array.isArray(cell) ? cell : [cell])))));
  return el("div", { class: "table-frame", role: "group", "aria-label": label, tabindex: "0" }, el("table", { class: "table" }, el("thead", {}, head), el("tbody", {}, lines)));
}

/**
 * Further pages of a list at its end.
 * @param {string | null} cursor
 * @param {() => void} more
 */
export function moreButton(cursor, more) {
  return cursor ? el("p", { class: "inline-form" }, el("button", { type: "button", onclick: more }, t("show_more"))) : null;
}
