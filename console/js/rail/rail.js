// The right-hand pane: who this is, what is open with them, and what staff keep beside the conversation.

/** @import { App } from "../app.js" */

import { el, fill } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { Scope } from "../dom/scope.js";
import { t } from "../text/words.js";
import { approvalCard, approvalsOf } from "./approval.js";
import { callsSection } from "./calls.js";
import { jobsSection } from "./jobs.js";
import { notesSection } from "./notes.js";
import { personSection } from "./person.js";
import { tasksSection } from "./tasks.js";

/** @param {App} app */
export function railPane(app) {
  const sections = el("div", { class: "sections", tabindex: "-1" });
  const close = el("button", { type: "button", class: "quiet square only-drawer", "aria-label": t("close_details") }, icon("close"));
  close.addEventListener("click", () => pane.closest(".panes")?.classList.remove("rail-open"));
  const top = el("header", { class: "top" }, el("h2", { class: "grow" }, t("details")), close);
  const pane = el("aside", { class: "pane rail", "aria-label": t("details") }, top, sections);
  let scope = new Scope();
  /** @type {string | null} */
  let shown = null;

  const draw = () => {
    // A thread that there is not has nothing beside it.
    const open = app.open && app.store.threads.has(app.open) ? app.open : null;
    if (open === shown) return;
    shown = open;
    scope.close();
    scope = new Scope();
    if (!shown) return void fill(sections);
    const id = shown;
    fill(sections, personSection(app, id, scope), approvalsSection(app, id, scope), jobsSection(app, id, scope), tasksSection(app, { thread: id }, scope), notesSection(app, id, scope), callsSection(app, id, scope));
  };
  app.store.on("route", draw);
  app.store.on("threads", draw);
  draw();
  return pane;
}

/**
 * A part of the rail with its heading.
 * @param {string} title
 * @param {Node | null} verb
 * @param {...Node} body
 */
export function section(title, verb, ...body) {
  return el("section", {}, el("header", {}, el("h3", {}, title), verb), body);
}

/**
 * @param {App} app
 * @param {string} id
 * @param {Scope} scope
 */
function approvalsSection(app, id, scope) {
  const list = el("div", { class: "items" });
  const node = section(t("nav_approvals"), null, list);
  const draw = () => {
    const all = approvalsOf(app, id).sort((a, b) => (a.asked_at < b.asked_at ? 1 : -1)).slice(0, 5);
    node.hidden = all.length === 0;
    const keys = all.map((one) => one.id).join(" ");
    if (list.dataset.keys === keys) return;
    list.dataset.keys = keys;
    fill(list, all.map((approval) => approvalCard(app, approval, scope)));
  };
  app.store.on("approvals", draw, scope.signal);
  draw();
  return node;
}
