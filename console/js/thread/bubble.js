// One line of the log as an element: a message with who, what, when and how far it has come; a note; a day.

/** @import { App } from "../app.js" */
/** @import { Message, Note, Thread } from "../data/shapes.js" */
/** @import { Entry } from "./entries.js" */

import { el, said } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { openMenu } from "../dom/menu.js";
import { toast } from "../dom/toast.js";
import { authorName, reasonWords } from "../text/names.js";
import { previewOf } from "../text/preview.js";
import { clock, dateAndTime, dayName, exact } from "../text/time.js";
import { maybe, t } from "../text/words.js";
import { partNode } from "./parts.js";
import { steps } from "./steps.js";

/**
 * What a line may ask of its thread.
 * @typedef {{reply: (message: Message) => void, show: (id: string) => void, toggleTurn: (id: string) => void, link: (id: string) => string,
 *   editNote: (note: Note) => void, removeNote: (note: Note) => void}} Ask
 */

const SHAPES = { queued: "clock", sending: "clock", unknown: "clock", sent: "tick", delivered: "ticks", read: "ticks", played: "ticks", dropped: "hand", failed: "alert" };
const AUTHORS = { contact: "person", agent: "agent", peer: "agent", staff: "person", house: "house", phone: "mobile" };

/**
 * @param {App} app
 * @param {Entry} entry
 * @param {Thread | undefined} thread
 * @param {Ask} ask
 */
export function line(app, entry, thread, ask) {
  const node = el("div", { class: "entry", data: { key: entry.key } });
  switch (entry.kind) {
    case "day":
      node.append(el("div", { class: "day" }, el("span", {}, dayName(entry.at))));
      break;
    case "unread":
      node.append(el("div", { class: "unread-line" }, t("unread_line")));
      break;
    case "start":
      node.append(el("div", { class: "activity" }, t("thread_start")));
      break;
    case "note":
      if (entry.note) node.append(note(app, entry.note, ask));
      break;
    case "turn":
      if (entry.turn) node.append(steps(entry.turn, entry.open, entry.detail, () => ask.toggleTurn(/** @type {any} */ (entry.turn).id)));
      break;
    default:
      if (entry.message) node.append(bubble(app, entry, entry.message, thread, ask));
  }
  return node;
}

/**
 * @param {App} app
 * @param {Entry} entry
 * @param {Message} message
 * @param {Thread | undefined} thread
 * @param {Ask} ask
 */
function bubble(app, entry, message, thread, ask) {
  if (message.direction === "internal") return activity(message, thread, app);
  const me = app.store.me?.user_id;
  const ours = message.direction === "out";
  const state = message.status?.state;
  const fate = state === "failed" || state === "dropped" ? state : "";
  const kinds = ["message", ours ? "ours" : "", `by-${message.author.type}`, entry.first ? "first" : "", fate];
  const name = authorName(message.author, thread, me);
  const who = entry.first ? el("div", { class: "who" }, icon(AUTHORS[message.author.type] ?? "person"), said(name, "cut")) : null;
  const parts = entry.gone ? [el("div", { class: "faint" }, t("part_deleted"))] : (entry.edit ?? message).parts.filter((part) => part.type !== "edited").map(partNode);
  const body = el("div", { class: "bubble" }, quote(entry, message, thread, me, ask), parts, foot(entry, message));
  // Who speaks in the middle of a group is heard all the same.
  if (!entry.first) body.prepend(el("span", { class: "for-readers" }, `${name}: `));
  return el(
    "div",
    { class: kinds.filter(Boolean).join(" "), id: `message-${message.id}` },
    who,
    el("div", { class: "bubble-line" }, body, acts(app, message, ask)),
    entry.reactions ? el("div", { class: "reactions" }, el("span", { "aria-label": t("reactions", { emoji: entry.reactions }) }, entry.reactions)) : null,
    fate === "failed" ? failure(app, message) : null,
    fate === "dropped" ? el("div", { class: "unsent" }, t("dropped")) : null,
  );
}

/**
 * What the house told the agent: not a bubble, for nobody outside sees it.
 * @param {Message} message
 * @param {Thread | undefined} thread
 * @param {App} app
 */
function activity(message, thread, app) {
  const who = message.author.type === "house" ? "" : `${authorName(message.author, thread, app.store.me?.user_id)}: `;
  return el("div", { class: "activity", id: `message-${message.id}` }, el("span", { title: exact(message.at) }, who, said(previewOf(message.parts)), ` · ${clock(message.at)}`));
}

/**
 * @param {Entry} entry
 * @param {Message} message
 * @param {Thread | undefined} thread
 * @param {string | undefined} me
 * @param {Ask} ask
 */
function quote(entry, message, thread, me, ask) {
  if (!message.reply_to) return null;
  const target = entry.quoted;
  const text = target ? previewOf(target.parts) : t("quote_far");
  const button = el("button", { type: "button", class: "quote", title: t("quote_open") }, target ? el("b", {}, authorName(target.author, thread, me)) : null, said(text));
  button.addEventListener("click", () => ask.show(/** @type {string} */ (message.reply_to)));
  return button;
}

/**
 * @param {Entry} entry
 * @param {Message} message
 */
function foot(entry, message) {
  const foot = el("div", { class: "foot" });
  if (entry.edit && !entry.gone) foot.append(el("span", {}, t("edited")));
  if (message.late) foot.append(el("span", { class: "late", title: message.received_at ? t("late_at", { at: exact(message.received_at) }) : null }, t("late")));
  foot.append(el("time", { datetime: message.at, title: exact(message.at) }, clock(message.at)));
  if (message.direction === "out" && message.status) foot.append(ticks(message));
  return foot;
}

/** @param {Message} message */
function ticks(message) {
  const state = message.status?.state ?? "queued";
  const words = maybe(`tick_${state}`) ?? state;
  const at = message.status?.at ? ` · ${dateAndTime(message.status.at)}` : "";
  const tone = state === "read" || state === "played" ? "read" : state === "failed" ? "failed" : "";
  return el("span", { class: `ticks ${tone}`, title: words + at, data: { state } }, icon(SHAPES[state] ?? "clock"), el("span", { class: "for-readers" }, words));
}

/**
 * @param {App} app
 * @param {Message} message
 */
function failure(app, message) {
  const { pending, status } = message;
  const reason = reasonWords(status?.reason);
  const button = (/** @type {string} */ words, /** @type {() => void} */ run) => el("button", { type: "button", class: "link", onclick: run }, words);
  const retry = () => (pending ? void app.outbox.again(pending) : void app.actions.retry(message.id));
  const verbs = [button(t("copy"), () => void copy(previewOf(message.parts)))];
  if (pending || (status?.retryable ?? true)) verbs.unshift(button(t("retry"), retry));
  if (pending) verbs.push(button(t("delete"), () => void app.outbox.discard(pending)));
  return el("div", { class: "failure", role: "group", "aria-label": t("failed_label") }, el("span", {}, t("failed", { reason })), verbs);
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("copied"));
  } catch {
    toast(t("copy_refused"));
  }
}

/**
 * @param {App} app
 * @param {Message} message
 * @param {Ask} ask
 */
function acts(app, message, ask) {
  if (message.pending) return null;
  const answers = app.store.may("thread.reply");
  const reply = el("button", { type: "button", class: "quiet only-wide", title: t("reply_to"), "aria-label": t("reply_to") }, icon("reply", "small"));
  reply.addEventListener("click", () => ask.reply(message));
  const more = el("button", { type: "button", class: "quiet", "aria-label": t("more"), "aria-haspopup": "menu", "aria-expanded": "false" }, icon("more", "small"));
  const address = new URL(ask.link(message.id), location.href).href;
  more.addEventListener("click", () =>
    openMenu(more, [
      ...(answers ? [{ label: t("reply_to"), icon: "reply", run: () => ask.reply(message) }] : []),
      { label: t("copy_text"), icon: "copy", run: () => void copy(previewOf(message.parts)) },
      { label: t("copy_link"), icon: "link", run: () => void copy(address) },
      { label: exact(message.at), icon: "clock", disabled: true, run: () => {} },
    ], t("more")));
  return el("div", { class: "acts" }, answers ? reply : null, more);
}

/**
 * @param {App} app
 * @param {Note} one
 * @param {Ask} ask
 */
function note(app, one, ask) {
  const mine = one.author.id === app.store.me?.user_id && app.store.may("thread.note");
  const edit = el("button", { type: "button", class: "quiet", "aria-label": t("edit_note") }, icon("edit", "small"));
  edit.addEventListener("click", () => ask.editNote(one));
  const remove = el("button", { type: "button", class: "quiet", "aria-label": t("delete_note") }, icon("trash", "small"));
  remove.addEventListener("click", () => ask.removeNote(one));
  const foot = el("div", { class: "foot" }, one.updated_at === one.created_at ? null : t("edited"), el("time", { datetime: one.created_at, title: exact(one.created_at) }, clock(one.created_at)));
  const body = el("div", { class: "bubble" }, partNode({ type: "text", text: one.text }), foot);
  const who = el("div", { class: "who" }, icon("note"), t("note_by", { name: one.author.name ?? t("somebody") }));
  return el("div", { class: "message ours first note", id: `note-${one.id}` }, who, el("div", { class: "bubble-line" }, body, mine ? el("div", { class: "acts" }, edit, remove) : null));
}
