// The head of a conversation: who it is with, and the verbs about it as a whole.

/** @import { App } from "../app.js" */
/** @import { Thread } from "../data/shapes.js" */
/** @import { Item } from "../dom/menu.js" */

import { writeFilter } from "../data/thread_list.js";
import { el, fill, said } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { openMenu } from "../dom/menu.js";
import { toast } from "../dom/toast.js";
import { address, channelName, initials, nameOf, roles, tint } from "../text/names.js";
import { maybe, t } from "../text/words.js";
import { labelDialog, snoozeMenu } from "./verbs.js";

/**
 * @param {App} app
 * @param {HTMLElement} node
 * @param {Thread} thread
 */
export function head(app, node, thread) {
  const may = app.store.may("thread.assign");
  const button = (/** @type {string} */ shape, /** @type {string} */ words, /** @type {(at: HTMLElement) => void} */ run, extra = "") => {
    const made = el("button", { type: "button", class: `quiet square ${extra}`, title: words, "aria-label": words, data: { focus: `head-${shape}` } }, icon(shape));
    made.addEventListener("click", () => run(made));
    return made;
  };
  const back = button("back", t("back_to_list"), () => app.router.back(writeFilter(app.list.filter)), "only-narrow");
  const name = nameOf(thread);
  const what = [roles(thread.contact), channelName(thread.channel), thread.contact?.name ? address(thread.address) : null].filter(Boolean);
  const state = thread.status === "open" ? null : el("span", { class: "chip" }, maybe(`status_${thread.status}`) ?? thread.status);
  const names = el("div", { class: "names" }, el("div", { class: "title" }, el("h2", { class: "cut" }, said(name)), state, priority(thread)), el("div", { class: "sub" }, el("span", { class: "cut" }, what.join(" · "))));
  const phone = thread.contact?.identities.find((one) => one.kind === "phone" || one.kind === "wa_id")?.value ?? (/^\+?\d{7,15}$/.test(thread.address) ? thread.address : "");
  const call = phone ? el("a", { class: "only-wide", href: `tel:+${phone.replace(/\D/g, "")}`, title: t("call"), "aria-label": t("call") }, icon("phone")) : null;
  const done = thread.status === "resolved" ? button("retry", t("reopen"), () => void app.actions.reopen(thread)) : button("check", t("resolve"), () => void app.actions.resolve(thread), "only-wide");
  const later = button("snooze", t("snooze"), (at) => snoozeMenu(app, at, thread), "only-wide");
  const assign = button("person", thread.assignee ? t("assigned_to", { name: thread.assignee.name }) : t("assign"), (at) => assignMenu(app, at, thread), "only-wide");
  const more = button("more", t("more"), (at) => openMenu(at, menu(app, at, thread), t("more")));
  const rail = button("rail", t("details"), () => node.closest(".panes")?.classList.add("rail-open"), "only-drawer");
  const avatar = el("span", { class: "avatar", "aria-hidden": "true", data: { tint: tint(name) } }, initials(name));
  fill(node, back, avatar, names, call, may ? [assign, later, done, more] : null, rail);
}

/** @param {Thread} thread */
function priority(thread) {
  if (thread.priority === "none") return null;
  const tone = { urgent: "bad", high: "warn", medium: "", low: "" }[thread.priority];
  return el("span", { class: `chip ${tone}` }, maybe(`priority_${thread.priority}`) ?? thread.priority);
}

/**
 * @param {App} app
 * @param {HTMLElement} at
 * @param {Thread} thread
 */
export function assignMenu(app, at, thread) {
  const now = thread.assignee?.user_id ?? null;
  const me = app.store.me;
  const others = app.store.users.filter((user) => user.user_id !== me?.user_id);
  const people = me ? [{ user_id: me.user_id, name: t("me_named", { name: me.name }), role: me.role }, ...others] : others;
  const line = (/** @type {{user_id: string, name: string} | null} */ user) => ({
    label: user?.name ?? t("nobody"),
    checked: (user?.user_id ?? null) === now,
    run: () => void app.actions.assign(thread, user ? { user_id: user.user_id, name: user.user_id === me?.user_id ? (me?.name ?? "") : user.name } : null),
  });
  openMenu(at, [...people.map(line), "line", line(null)], t("assign"));
}

/**
 * @param {App} app
 * @param {HTMLElement} at
 * @param {Thread} thread
 * @returns {Item[]}
 */
function menu(app, at, thread) {
  const link = new URL(`/console${app.router.thread(thread.id)}`, location.href).href;
  const set = (/** @type {Thread["priority"]} */ priority) => ({
    label: maybe(`priority_${priority}`) ?? priority,
    checked: thread.priority === priority,
    run: () => void app.actions.patch(thread, { priority }, { priority }),
  });
  const resolved = thread.status === "resolved";
  return [
    { label: t(resolved ? "reopen" : "resolve"), icon: resolved ? "retry" : "check", keys: "E", run: () => void (resolved ? app.actions.reopen(thread) : app.actions.resolve(thread)) },
    { label: t("snooze"), icon: "snooze", keys: "S", run: () => snoozeMenu(app, at, thread) },
    { label: t("assign"), icon: "person", keys: "A", run: () => assignMenu(app, at, thread) },
    { label: t("labels"), icon: "label", keys: "L", run: () => labelDialog(app, thread) },
    { label: t("mark_unread"), icon: "unread", keys: "U", run: () => void app.actions.markUnread(thread) },
    { label: t("copy_link"), icon: "link", run: () => void navigator.clipboard.writeText(link).then(() => toast(t("copied")), () => toast(t("copy_refused"))) },
    { heading: t("priority") },
    ...(/** @type {const} */ (["none", "low", "medium", "high", "urgent"])).map(set),
  ];
}
