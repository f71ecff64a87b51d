// One thread as a row of the inbox.

/** @import { Thread } from "../data/shapes.js" */

import { el, said } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { channelName, initials, nameOf, roles, tint } from "../text/names.js";
import { brief, exact, since } from "../text/time.js";
import { maybe, t } from "../text/words.js";

/** @typedef {{key: string, thread: Thread, chosen: boolean, place: number, of: number, draft: boolean, minute: number}} RowEntry */

export const ROW_HEIGHT = 76;

/**
 * @param {RowEntry} entry
 * @param {string | undefined} me
 */
export function row(entry, me) {
  const { thread, chosen } = entry;
  const name = nameOf(thread);
  const at = thread.last?.at ?? thread.created_at;
  const head = el("div", { class: "head" }, said(name, "name cut"), el("time", { datetime: at, title: exact(at) }, brief(at)));
  const count = thread.unread > 99 ? "99+" : String(thread.unread);
  const unread = thread.unread > 0 ? el("span", { class: "count" }, count, el("span", { class: "for-readers" }, ` ${t("unread")}`)) : null;
  const preview = el("div", { class: "preview" }, status(thread), said(words(thread, me, entry.draft), "cut"), unread);
  const tags = el("div", { class: "tags" }, owner(thread), kinds(thread), el("span", { class: "what cut" }, [roles(thread.contact), channelName(thread.channel)].filter(Boolean).join(" · ")), thread.labels.map((label) => el("span", { class: "chip label" }, label)));
  const classes = `thread-row${thread.unread > 0 ? " unread" : ""}`;
  const place = { "aria-setsize": entry.of, "aria-posinset": entry.place, "aria-selected": String(chosen) };
  return el(
    "div",
    { class: classes, role: "option", id: `row-${thread.id}`, ...place, data: { thread: thread.id } },
    el("span", { class: "avatar", "aria-hidden": "true", data: { tint: tint(name) } }, initials(name)),
    el("div", { class: "grow" }, head, preview, tags),
  );
}

/** @param {Thread} thread */
function status(thread) {
  const state = thread.last?.status?.state;
  if (!state || thread.last?.author.type === "contact") return null;
  const shape = { queued: "clock", sending: "clock", unknown: "clock", sent: "tick", delivered: "ticks", read: "ticks", played: "ticks", dropped: "hand", failed: "alert" }[state];
  const tone = state === "read" || state === "played" ? "read" : state === "failed" ? "failed" : "";
  return el("span", { class: `ticks ${tone}` }, icon(shape, "small"), el("span", { class: "for-readers" }, maybe(`tick_${state}`) ?? state));
}

/**
 * @param {Thread} thread
 * @param {string | undefined} me
 * @param {boolean} draft
 */
function words(thread, me, draft) {
  if (draft) return t("preview_draft");
  const last = thread.last;
  if (!last) return t("preview_none");
  // What is shown of it elsewhere is the name of who did it.
  if (last.kind === "handed_back") return last.preview ? t("handed_back_by", { name: last.preview }) : kindOf(last.kind);
  const text = last.preview || kindOf(last.kind);
  switch (last.author.type) {
    case "staff":
      return t("preview_by", { name: last.author.id === me ? t("you") : (last.author.name ?? t("role_staff")), text });
    case "agent":
      return t("preview_by", { name: t("agent_short"), text });
    case "phone":
      return t("preview_by", { name: t("phone_short"), text });
    default:
      return text;
  }
}

/** What a message without words is. @param {string} kind */
const kindOf = (kind) => maybe(`part_${kind}`) ?? t("message");

/** @param {Thread} thread */
function owner(thread) {
  const chips = [];
  if (thread.owner.kind === "agent") chips.push(el("span", { class: "chip agent" }, t("agent_short")));
  if (thread.owner.kind === "staff") chips.push(el("span", { class: "chip staff", title: thread.owner.name ?? "" }, initials(thread.owner.name ?? "?")));
  if (thread.owner.kind === "phone") chips.push(el("span", { class: "chip staff" }, t("phone_short")));
  if (thread.open_approvals > 0) chips.push(el("span", { class: "chip warn" }, t("chip_approval", { count: thread.open_approvals })));
  if (thread.waiting_since) chips.push(el("span", { class: "waiting", title: t("waiting_since", { at: exact(thread.waiting_since) }) }, t("waiting", { span: since(thread.waiting_since) })));
  return chips;
}

/** @param {Thread} thread */
function kinds(thread) {
  const chips = [];
  if (thread.priority === "urgent" || thread.priority === "high") {
    chips.push(el("span", { class: `chip ${thread.priority === "urgent" ? "bad" : "warn"}` }, maybe(`priority_${thread.priority}`) ?? thread.priority));
  }
  if (thread.status === "snoozed") chips.push(el("span", { class: "chip" }, t("status_snoozed")));
  if (thread.status === "resolved") chips.push(el("span", { class: "chip" }, t("status_resolved")));
  return chips;
}
