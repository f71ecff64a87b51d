// Who is writing and who else looks on.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { el, fill } from "../dom/el.js";
import { t } from "../text/words.js";

/**
 * @param {App} app
 * @param {string} id
 * @param {Scope} scope
 */
export function presenceLine(app, id, scope) {
  const node = el("div", { class: "presence cut", role: "status", hidden: true });
  const draw = () => {
    const { typing, viewing } = app.presence.of(id);
    const words = typing.map((one) => {
      if (one.kind === "agent") return t("typing_agent");
      return t(one.mode === "note" ? "typing_note" : "typing_reply", { name: one.name ?? t("somebody") });
    });
    const writers = new Set(typing.map((one) => one.id));
    const others = viewing.filter((one) => !writers.has(one.user_id)).map((one) => one.name);
    if (words.length === 0 && others.length > 0) words.push(t("viewing", { names: others.slice(0, 3).join(", ") }));
    node.hidden = words.length === 0;
    const dots = typing.length > 0 ? el("span", { class: "typing-dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")) : null;
    fill(node, words.join(" · "), dots);
  };
  app.store.on(`presence:${id}`, draw, scope.signal);
  draw();
  return node;
}
