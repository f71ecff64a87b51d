// What narrows the inbox beyond its tabs.

/** @import { App } from "../app.js" */
/** @import { Filter } from "../data/thread_list.js" */
/** @import { Key } from "../text/words.js" */

import { el } from "../dom/el.js";
import { channelName } from "../text/names.js";
import { t } from "../text/words.js";

/**
 * @param {App} app
 * @param {Filter} filter
 * @param {(change: Partial<Filter>) => void} narrow
 */
export function filters(app, filter, narrow) {
  /**
   * @param {keyof Filter} name
   * @param {Key} words
   * @param {[string, string][]} options
   */
  const choice = (name, words, options) => {
    const known = options.some(([value]) => value === filter[name]);
    const all = known ? options : [...options, /** @type {[string, string]} */ ([String(filter[name]), String(filter[name])])];
    const select = el("select", {}, all.map(([value, label]) => el("option", { value }, label)));
    select.value = String(filter[name]);
    select.addEventListener("change", () => narrow({ [name]: select.value }));
    return el("label", {}, t(words), select);
  };
  /**
   * @param {"unread" | "waiting"} name
   * @param {Key} words
   */
  const check = (name, words) => {
    const box = el("input", { type: "checkbox" });
    box.checked = filter[name];
    box.addEventListener("change", () => narrow({ [name]: box.checked }));
    return el("label", { class: "check" }, box, t(words));
  };
  const threads = [...app.store.threads.values()];
  const labels = [...new Set(threads.flatMap((thread) => thread.labels))].sort();
  const channels = [...new Set([...threads.map((thread) => thread.channel), "link"])].sort();
  const users = app.store.users.map((user) => /** @type {[string, string]} */ ([user.user_id, user.name]));
  const any = /** @type {[string, string]} */ (["", t("any")]);
  const same = (/** @type {string} */ value) => /** @type {[string, string]} */ ([value, value]);
  return [
    choice("status", "filter_status", [["open", t("status_open")], ["snoozed", t("status_snoozed")], ["resolved", t("status_resolved")], ["any", t("any")]]),
    choice("assignee", "filter_assignee", [any, ["none", t("nobody")], ...users]),
    choice("owner", "filter_owner", [any, ["agent", t("owner_agent")], ["staff", t("owner_staff")], ["phone", t("owner_phone")], ["none", t("nobody")]]),
    choice("label", "filter_label", [any, ...labels.map(same)]),
    choice("channel", "filter_channel", [any, ...channels.map((name) => /** @type {[string, string]} */ ([name, channelName(name)]))]),
    choice("sort", "filter_sort", [["last", t("sort_last")], ["waiting", t("sort_waiting")]]),
    check("unread", "filter_unread"),
    check("waiting", "filter_waiting"),
  ];
}
