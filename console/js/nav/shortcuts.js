// All shortcuts of the page. None uses Alt with a letter: browsers and systems have those.

/** @import { App } from "../app.js" */

import { snoozeMenu, labelDialog } from "../thread/verbs.js";
import { assignMenu } from "../thread/head.js";
import { writeFilter } from "../data/thread_list.js";
import { COMMAND } from "./keys.js";
import { openPalette } from "./palette.js";

/** @param {App} app */
export function shortcuts(app) {
  const thread = () => app.store.threads.get(app.open ?? "");
  const open = () => app.open !== null;
  const tell = (/** @type {string} */ topic) => () => app.store.tell(topic);
  const anchor = () => /** @type {HTMLElement} */ (document.querySelector('[data-focus="head-more"]') ?? document.body);
  const withThread = (/** @type {(thread: import("../data/shapes.js").Thread) => void} */ run) => () => {
    const now = thread();
    if (now) run(now);
  };
  const go = (/** @type {string} */ path) => () => app.router.go(path);
  const verb = { group: /** @type {const} */ ("keys_thread"), when: open };
  const list = { group: /** @type {const} */ ("keys_list") };
  const place = { group: /** @type {const} */ ("keys_go") };
  app.keys.add(
    { keys: ["mod+k"], shown: [COMMAND, "K"], words: "key_palette", group: "keys_all", run: () => openPalette(app) },
    { keys: ["?"], shown: ["?"], words: "key_help", group: "keys_all", run: () => app.keys.help() },
    { keys: ["j", "ArrowDown"], shown: ["J"], words: "key_next", ...list, run: tell("step-down") },
    { keys: ["k", "ArrowUp"], shown: ["K"], words: "key_previous", ...list, run: tell("step-up") },
    { keys: ["Enter", "o"], shown: ["↵"], words: "key_open", ...list, run: tell("open-row") },
    { keys: ["/"], shown: ["/"], words: "key_search", ...list, run: tell("focus-search") },
    { keys: ["Escape"], shown: ["Esc"], words: "key_close", ...list, when: open, run: () => {
      app.router.go(writeFilter(app.list.filter));
      app.store.tell("focus-list");
    } },
    { keys: ["r"], shown: ["R"], words: "key_reply", ...verb, run: tell("write-reply") },
    { keys: ["n"], shown: ["N"], words: "key_note", ...verb, run: tell("write-note") },
    { keys: ["t"], shown: ["T"], words: "key_take_over", ...verb, run: withThread((now) => void (now.owner.kind === "agent" ? app.actions.takeOver(now) : app.actions.handBack(now))) },
    { keys: ["e"], shown: ["E"], words: "key_resolve", ...verb, run: withThread((now) => void (now.status === "resolved" ? app.actions.reopen(now) : app.actions.resolve(now))) },
    { keys: ["s"], shown: ["S"], words: "key_snooze", ...verb, run: withThread((now) => snoozeMenu(app, anchor(), now)) },
    { keys: ["a"], shown: ["A"], words: "key_assign", ...verb, run: withThread((now) => assignMenu(app, anchor(), now)) },
    { keys: ["l"], shown: ["L"], words: "key_label", ...verb, run: withThread((now) => labelDialog(app, now)) },
    { keys: ["u"], shown: ["U"], words: "key_unread", ...verb, run: withThread((now) => {
      void app.actions.markUnread(now);
      app.router.go(writeFilter(app.list.filter));
    }) },
    { keys: ["f"], shown: ["F"], words: "key_attach", ...verb, run: tell("attach") },
    { keys: ["g i"], shown: ["G", "I"], words: "nav_inbox", ...place, run: go("") },
    { keys: ["g a"], shown: ["G", "A"], words: "nav_approvals", ...place, run: go("/approvals") },
    { keys: ["g t"], shown: ["G", "T"], words: "nav_tasks", ...place, run: go("/tasks") },
    { keys: ["g j"], shown: ["G", "J"], words: "nav_jobs", ...place, run: go("/jobs") },
    { keys: ["g v"], shown: ["G", "V"], words: "nav_invoices", ...place, run: go("/invoices") },
    { keys: ["g p"], shown: ["G", "P"], words: "nav_people", ...place, run: go("/people") },
    { keys: ["g c"], shown: ["G", "C"], words: "calls", ...place, run: go("/calls") },
    { keys: ["g r"], shown: ["G", "R"], words: "nav_report", ...place, run: go("/report") },
    { keys: ["g h"], shown: ["G", "H"], words: "nav_health", ...place, run: go("/health") },
    { keys: ["g s"], shown: ["G", "S"], words: "nav_settings", ...place, run: go("/settings") },
  );
}
