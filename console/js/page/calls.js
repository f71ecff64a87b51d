// All calls by telephone, or those of one thread: newest first. A call is written down here too, by its number.

/** @import { App } from "../app.js" */
/** @import { Call } from "../data/shapes.js" */
/** @import { Scope } from "../dom/scope.js" */

import { el, fill } from "../dom/el.js";
import { callCard, callForm, opener } from "../rail/calls.js";
import { t } from "../text/words.js";
import { moreButton, nothing, page, reading } from "./page.js";

/**
 * @param {App} app
 * @param {Scope} scope
 */
export function callsPage(app, scope) {
  const thread = app.router.current.query.get("thread");
  const form = callForm(app, thread, () => void run());
  form.classList.add("panel");
  const add = opener(form, { words: true });
  const { node, body } = page(t("calls"), { narrow: true, verbs: [add] });
  const list = el("div", {});
  const draw = (/** @type {{items: Call[], next_cursor: string | null}} */ told) => {
    const { items } = told;
    if (items.length === 0) return nothing("phone", t("no_calls"), t("no_calls_words"));
    const more = async () => {
      const next = await app.api.get("/calls", { thread_id: thread, limit: 50, cursor: told.next_cursor });
      fill(list, draw({ ...next, items: [...items, ...next.items] }));
    };
    return [el("div", { class: "rail items" }, items.map((call) => callCard(app, call, () => void run()))), moreButton(told.next_cursor, () => void more())];
  };
  const may = () => (add.hidden = !app.store.may("thread.note"));
  app.store.on("me", may, scope.signal);
  may();
  fill(body, form, list);
  const run = reading(app, scope, list, () => app.api.get("/calls", { thread_id: thread, limit: 50 }), draw, ["scope:call"]);
  return node;
}
