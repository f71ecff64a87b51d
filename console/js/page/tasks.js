// All tasks: one's own, everybody's, those that are done.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { el, fill } from "../dom/el.js";
import { Scope as Lifetime } from "../dom/scope.js";
import { tasksSection } from "../rail/tasks.js";
import { t } from "../text/words.js";
import { page } from "./page.js";

/**
 * @param {App} app
 * @param {Scope} scope
 */
export function tasksPage(app, scope) {
  const { node, body } = page(t("tasks"), { narrow: true });
  const tabs = el("div", { class: "tabs", role: "tablist", "aria-label": t("tasks") });
  const place = el("div", { class: "rail" });
  let inner = new Lifetime();
  /** @type {Record<string, {words: string, query: Record<string, string>}>} */
  const views = {
    mine: { words: t("tasks_mine"), query: { assignee: "me", done: "false" } },
    open: { words: t("tasks_open"), query: { done: "false" } },
    overdue: { words: t("tasks_overdue"), query: { due: new Date().toISOString(), done: "false" } },
    done: { words: t("tasks_finished"), query: { done: "true" } },
  };
  const draw = () => {
    const asked = app.router.current.query.get("view") ?? "open";
    const view = views[asked] ?? views.open;
    inner.close();
    inner = new Lifetime();
    fill(tabs, Object.entries(views).map(([name, { words }]) => {
      const chosen = views[name] === view;
      const button = el("button", { type: "button", role: "tab", "aria-selected": String(chosen), data: { focus: name } }, words);
      button.addEventListener("click", () => {
        app.router.go(`/tasks?view=${name}`, { replace: true });
        draw();
      });
      return button;
    }));
    fill(place, tasksSection(app, { query: view?.query ?? {} }, inner));
  };
  scope.add(() => inner.close());
  fill(body, tabs, el("h2", { class: "for-readers" }, t("tasks")), place);
  draw();
  return node;
}
