// Telling the server what was read: a thread that somebody has before them for a second, and what they answer.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */
/** @import { Extras } from "./extras.js" */

const READ_AFTER_MS = 1_000;

/**
 * @param {App} app
 * @param {string} id
 * @param {Extras} extras
 * @param {Scope} scope
 * @param {(fresh: boolean) => boolean} shown whether what is unread is on the screen; `fresh`: it was unread when it was opened
 */
export function reading(app, id, extras, scope, shown) {
  let timer = 0;
  /** What was unread at the beginning is read by looking at it; what comes in further down by seeing its end. */
  let fresh = false;
  /** Somebody marked it unread while it is open: looking at it further does not read it. */
  let keep = false;

  const unread = () => {
    const thread = app.store.threads.get(id);
    const may = app.store.may("thread.assign") && app.store.connection.state === "live";
    return may && thread && thread.unread > 0 ? thread : null;
  };
  const seen = () => !keep && app.open === id && shown(fresh) && document.visibilityState === "visible" && document.hasFocus();
  const mark = () => {
    const thread = unread();
    const last = app.store.log(id).messages.at(-1);
    if (!thread || !last) return;
    fresh = false;
    void app.actions.markRead(thread, last.id);
  };
  const watch = () => {
    clearTimeout(timer);
    if (unread() && seen()) timer = Number(setTimeout(() => seen() && mark(), READ_AFTER_MS));
  };

  app.store.on(`keep-unread:${id}`, () => (keep = true), scope.signal);
  app.store.on(`thread:${id}`, watch, scope.signal);
  app.store.on("connection", watch, scope.signal);
  scope.on(document, "visibilitychange", watch);
  scope.on(window, "focus", watch);
  scope.on(window, "blur", watch);
  scope.add(() => clearTimeout(timer));
  return {
    watch,
    /** @param {number} count messages that are unread when the thread is opened */
    opens: (count) => (fresh = count > 0),
    /** Whoever answers has read what they answer. */
    answered: () => {
      keep = false;
      mark();
    },
  };
}
