// Everything that waits for a decision, oldest first, and what was decided lately.

/** @import { App } from "../app.js" */
/** @import { Approval } from "../data/shapes.js" */
/** @import { Scope } from "../dom/scope.js" */

import { el, fill } from "../dom/el.js";
import { approvalCard } from "../rail/approval.js";
import { t } from "../text/words.js";
import { nothing, page } from "./page.js";

const DECIDED = 30;

/**
 * @param {App} app
 * @param {Scope} scope
 */
export function approvalsPage(app, scope) {
  const { node, body } = page(t("nav_approvals"));
  const open = el("div", { class: "cards" });
  const settled = el("div", { class: "cards" });
  const before = el("h2", { class: "inline-form" }, t("decided_lately"));
  const none = nothing("approvals", t("no_approvals"), t("no_approvals_words"));
  fill(body, el("h2", { class: "for-readers" }, t("needs_decision")), none, open, before, settled);
  /** Cards that are shown stay where they are when they are decided. @type {Map<string, HTMLElement>} */
  const cards = new Map();
  /** @type {Approval[]} */
  let decided = [];

  const card = (/** @type {Approval} */ approval) => {
    const known = cards.get(approval.id) ?? approvalCard(app, approval, scope);
    cards.set(approval.id, known);
    return known;
  };
  const draw = () => {
    const waiting = [...app.store.approvals.values()].filter((one) => one.state === "open" || cards.has(one.id));
    waiting.sort((a, b) => (a.asked_at < b.asked_at ? -1 : 1));
    const shown = new Set(waiting.map((one) => one.id));
    if ([...open.children].length !== waiting.length) fill(open, waiting.map(card));
    const past = decided.filter((one) => !shown.has(one.id));
    none.hidden = waiting.length > 0;
    before.hidden = past.length === 0;
    fill(settled, past.map((one) => approvalCard(app, one, scope)));
  };
  const read = async () => {
    try {
      decided = (await app.api.get("/approvals", { state: "settled", limit: DECIDED })).items;
      if (!scope.closed) draw();
    } catch {
      // Those that are open are what counts.
    }
  };
  app.store.on("approvals", draw, scope.signal);
  draw();
  void read();
  return node;
}
