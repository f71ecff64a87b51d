// The audit log, newest first, and whether its chain is whole.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { Failure } from "../data/api.js";
import { el, fill } from "../dom/el.js";
import { dateAndTime, exact } from "../text/time.js";
import { t } from "../text/words.js";
import { moreButton, reading, table } from "./page.js";

/**
 * @param {App} app
 * @param {Scope} scope
 */
export function auditPanel(app, scope) {
  const list = el("div");
  const verdict = el("span", { role: "status" });
  const verify = el("button", { type: "button" }, t("audit_verify"));
  verify.addEventListener("click", async () => {
    verify.disabled = true;
    try {
      const { whole, entries, broken_at: broken } = await app.api.get("/audit/verification");
      verdict.className = whole ? "" : "bad";
      verdict.textContent = whole ? t("audit_whole", { count: entries }) : t("audit_broken", { seq: broken });
    } catch (error) {
      verdict.textContent = error instanceof Failure ? error.words : t("problem_server");
    }
    verify.disabled = false;
  });
  /** @type {any[]} */
  let items = [];
  /** @param {any} told @returns {import("../dom/el.js").Children} */
  const draw = (told) => {
    items = [...items, ...told.items];
    const rows = items.map((one) => [el("time", { title: exact(one.at) }, dateAndTime(one.at)), who(app, one.actor), one.action, el("span", { class: "mono" }, one.subject)]);
    const more = async () => fill(list, draw(await app.api.get("/audit", { limit: 50, cursor: told.next_cursor })));
    return [table([t("date"), t("audit_actor"), t("audit_action"), t("audit_subject")], rows, { label: t("audit") }), moreButton(told.next_cursor, () => void more())];
  };
  const read = () => {
    items = [];
    return app.api.get("/audit", { limit: 20 });
  };
  reading(app, scope, list, read, draw);
  return el("div", { class: "panel" }, el("p", { class: "faint" }, t("audit_words")), el("div", { class: "row wrap" }, verify, verdict), list);
}

/**
 * @param {App} app
 * @param {string} actor
 */
function who(app, actor) {
  const user = app.store.users.find((one) => `user:${one.user_id}` === actor);
  return user?.name ?? actor;
}
