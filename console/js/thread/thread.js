// The middle pane: the conversation that is open, its log, what needs a decision, and where staff write.

/** @import { App } from "../app.js" */

import { Failure } from "../data/api.js";
import { el, fill } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { Scope } from "../dom/scope.js";
import { approvalCard, approvalsOf } from "../rail/approval.js";
import { t } from "../text/words.js";
import { composer } from "./composer.js";
import { head } from "./head.js";
import { logView } from "./log_view.js";

/** @param {App} app */
export function threadPane(app) {
  const pane = el("section", { class: "pane thread", "aria-label": t("conversation") });
  let scope = new Scope();
  /** @type {string | null} */
  let shown = null;
  /** @type {ReturnType<typeof logView> | null} */
  let view = null;

  const open = () => {
    const { id, message, name } = app.router.current;
    if (name !== "inbox") return;
    if (id === shown && id !== null) {
      if (message) void view?.jump(message);
      return;
    }
    if (shown) {
      app.live.leave(shown);
      app.store.logs.get(shown)?.breaks();
    }
    scope.close();
    scope = new Scope();
    shown = id;
    view = null;
    if (!id) return void fill(pane, unchosen());
    app.live.join(id);
    view = conversation(app, pane, id, message, scope);
  };
  app.store.on("route", open);
  open();
  return pane;
}

/**
 * @param {App} app
 * @param {HTMLElement} pane
 * @param {string} id
 * @param {string | null} message
 * @param {Scope} scope
 */
function conversation(app, pane, id, message, scope) {
  const top = el("header", { class: "top thread-head" });
  const pinned = el("div", { class: "pinned", hidden: true, role: "region", "aria-label": t("needs_decision") });
  const view = logView(app, id, scope);
  const dock = composer(app, id, view, scope);
  fill(pane, top, view.node, pinned, dock);

  const draw = () => {
    const thread = app.store.threads.get(id);
    if (thread) head(app, top, thread);
  };
  const decide = () => {
    const open = approvalsOf(app, id).filter((approval) => approval.state === "open");
    pinned.hidden = open.length === 0;
    // A card with a half-written reason is not drawn anew.
    const keys = open.map((approval) => approval.id).join(" ");
    if (pinned.dataset.keys === keys) return;
    pinned.dataset.keys = keys;
    fill(pinned, open.map((approval) => approvalCard(app, approval, scope, { brief: true })));
  };
  app.store.on(`thread:${id}`, draw, scope.signal);
  app.store.on("me", draw, scope.signal);
  app.store.on("approvals", decide, scope.signal);
  draw();
  decide();

  const start = async () => {
    try {
      await app.readThread(id);
      if (!scope.closed) await view.start(message);
    } catch (error) {
      if (scope.closed) return;
      const gone = error instanceof Failure && (error.status === 404 || error.status === 403 || error.status === 400);
      if (gone) fill(pane, missing(error instanceof Failure && error.status === 403));
      // Anything else passes: as soon as the connection is back it is tried again.
      else app.store.on("connection", () => app.store.connection.state === "live" && !scope.closed && void retry(), scope.signal);
    }
  };
  let retrying = false;
  const retry = async () => {
    if (retrying || app.store.log(id).loaded) return;
    retrying = true;
    await start();
    retrying = false;
  };
  void start();
  return view;
}

function unchosen() {
  const keys = el("p", {}, t("unchosen_keys"), " ", el("kbd", {}, "?"));
  return el("div", { class: "empty" }, icon("inbox"), el("h2", {}, t("unchosen")), keys);
}

/** @param {boolean} forbidden */
function missing(forbidden) {
  const back = el("a", { href: "/console" }, t("to_inbox"));
  return el("div", { class: "empty", role: "alert" }, icon("alert"), el("h2", {}, t(forbidden ? "thread_forbidden" : "thread_missing")), el("p", {}, t(forbidden ? "thread_forbidden_words" : "thread_missing_words")), back);
}
