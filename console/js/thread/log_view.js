// The log of one thread: opens where reading stopped, keeps its place while it grows, loads further pages before they are
// needed, and tells the server what was read.

/** @import { App } from "../app.js" */
/** @import { Message, Note } from "../data/shapes.js" */
/** @import { Scope } from "../dom/scope.js" */
/** @import { Entry } from "./entries.js" */

import { confirm } from "../dom/dialog.js";
import { el, fill, find } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { VirtualList } from "../dom/virtual_list.js";
import { writeFilter } from "../data/thread_list.js";
import { Failure } from "../data/api.js";
import { toast } from "../dom/toast.js";
import { previewOf } from "../text/preview.js";
import { dayName } from "../text/time.js";
import { authorName, nameOf } from "../text/names.js";
import { t } from "../text/words.js";
import { line } from "./bubble.js";
import { Lines } from "./entries.js";
import { Extras } from "./extras.js";
import { presenceLine } from "./presence.js";
import { reading } from "./reading.js";

/** Pixels from an edge at which the next page is asked for. */
const AHEAD = 1_500;
/** Pixels left free below the last line, for who is writing. */
const TAIL = 28;
const LIT_MS = 2_400;
/** Without scrolling for so long, what is added is new. */
const QUIET_MS = 400;
/** Unread messages that are looked for before the thread opens at its end. */
const UNREAD_PAGES = 3;

/**
 * @param {App} app
 * @param {string} id
 * @param {Scope} scope
 */
export function logView(app, id, scope) {
  const scroller = el("div", { class: "scroller log", role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": t("messages"), tabindex: "0" });
  const sticky = el("div", { class: "sticky-day", hidden: true, "aria-hidden": "true" });
  const down = el("button", { type: "button", class: "down", hidden: true });
  const node = el("div", { class: "log-frame" }, scroller, sticky, down, presenceLine(app, id, scope));
  let lines = new Lines();
  const extras = new Extras(app, id, () => draw());
  /** @type {string | null} */
  let unreadFrom = null;
  let started = false;
  let below = 0;
  let newest = "";
  /** Whether the last line that was drawn was the last there is. */
  let ended = false;
  /** @type {((message: Message) => void)[]} */
  const replies = [];
  /** @type {((note: Note) => void)[]} */
  const edits = [];

  /** @type {VirtualList<Entry>} */
  const list = new VirtualList({
    scroller,
    sticks: true,
    tail: TAIL,
    draw: (entry) => line(app, entry, app.store.threads.get(id), ask),
    estimate: (entry) => (entry.kind === "message" ? 54 + Math.min(400, previewOf(entry.message?.parts ?? []).length / 3) : 40),
    drawn: () => drawn(),
  });
  scope.add(() => list.destroy());

  const ask = {
    reply: (/** @type {Message} */ message) => replies.forEach((hear) => hear(message)),
    show: (/** @type {string} */ message) => app.router.go(`${app.router.thread(id)}${writeFilter(app.list.filter)}#message-${message}`),
    link: (/** @type {string} */ message) => `/console${app.router.thread(id)}#message-${message}`,
    toggleTurn: (/** @type {string} */ turn) => extras.toggle(turn),
    editNote: (/** @type {Note} */ note) => edits.forEach((hear) => hear(note)),
    removeNote: async (/** @type {Note} */ note) => {
      if (await confirm(t("delete_note"), t("delete_note_words"), t("delete"))) await extras.removeNote(note);
    },
  };

  const log = () => app.store.log(id);
  const draw = () => {
    // What one has just written is shown, whatever cannot be read now.
    if (!started && log().pending.size > 0) started = true;
    if (!started) return;
    const source = { log: log(), notes: extras.notes, turns: extras.turns, unreadFrom, openTurns: extras.open, details: extras.details, me: app.store.me?.user_id ?? "" };
    list.set(lines.build(source));
    if (!log().loaded) return;
    const last = log().messages.at(-1);
    if (last && last.id !== newest) arrived(last);
    ended = log().complete.newer;
    if (last?.turn_id) extras.turned(last.turn_id);
    buttons();
    read.watch();
  };

  /** @param {Message} last */
  const arrived = (last) => {
    // A further page of what was said long ago is no news.
    const first = newest === "" || !ended;
    const index = log().messages.findIndex((message) => message.id === newest);
    newest = last.id;
    if (first) return;
    if (!list.atEnd) below += index < 0 ? 1 : log().messages.length - 1 - index;
    const mine = last.author.type === "staff" && last.author.id === app.store.me?.user_id;
    // The log itself is read out only as far as it is drawn; one's own words need no telling.
    if (!mine && !list.node(last.client_msg_id ?? last.id)) {
      find("#announcer").textContent = `${authorName(last.author, app.store.threads.get(id), app.store.me?.user_id)}: ${previewOf(last.parts)}`;
    }
  };

  const buttons = () => {
    const far = !list.atEnd || !log().complete.newer;
    const count = below + log().beyond;
    down.hidden = !far || !started;
    const words = count > 0 ? t("new_below", { count }) : "";
    if (down.dataset.words === words) return;
    down.dataset.words = words;
    down.setAttribute("aria-label", words || t("to_end"));
    fill(down, icon("down", "small"), words);
  };

  const drawn = () => {
    if (!started || !list) return;
    if (list.atEnd) below = 0;
    buttons();
    const first = list.first();
    sticky.hidden = !first || scroller.scrollTop < 60 || first.kind === "day";
    if (first && first.at) sticky.textContent = dayName(first.at);
    if (scroller.scrollTop < AHEAD) void app.history.older(id).catch(() => {});
    if (scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < AHEAD) void app.history.newer(id).catch(() => {});
  };

  const read = reading(app, id, extras, scope, (fresh) => started && (list.atEnd || fresh) && log().complete.newer);

  /** @param {string} message */
  const jump = async (message) => {
    try {
      await app.history.around(id, message);
    } catch (error) {
      if (error instanceof Failure && error.status !== 404) throw error;
    }
    const found = log().get(message);
    if (!found || scope.closed) return toast(t("message_missing"));
    draw();
    const key = found.client_msg_id ?? found.id;
    list.show(key, "centre");
    const shown = list.node(key)?.querySelector(".message");
    shown?.classList.add("lit");
    setTimeout(() => shown?.classList.remove("lit"), LIT_MS);
    scroller.focus({ preventScroll: true });
  };

  const toEnd = async () => {
    if (!log().complete.newer) {
      log().reset();
      await app.history.newest(id).catch(() => {});
    }
    below = 0;
    list.toEnd();
    buttons();
  };

  /** @param {string | null} message to open at */
  const start = async (message) => {
    const unread = app.store.threads.get(id)?.unread ?? 0;
    read.opens(unread);
    if (log().loaded && log().complete.newer && unread === 0 && !message) {
      // What is known is shown at once; whatever came since is joined on.
      started = true;
      list.toEnd();
      draw();
    }
    extras.read();
    if (message) {
      started = true;
      await jump(message);
      if (log().loaded) return;
    }
    await app.history.newest(id);
    for (let page = 0; page < UNREAD_PAGES && firstUnread(unread) === null && unread > 0 && !log().complete.older; page += 1) await app.history.older(id);
    if (scope.closed) return;
    unreadFrom = firstUnread(unread);
    started = true;
    draw();
    if (unreadFrom) list.show("unread", "start");
    else list.toEnd();
    read.watch();
  };

  /** The oldest of the last `unread` messages that came in. @param {number} unread */
  const firstUnread = (unread) => {
    if (unread === 0) return null;
    const inbound = log().messages.filter((message) => message.direction === "in");
    return inbound.length >= unread ? (inbound[inbound.length - unread]?.id ?? null) : null;
  };

  // What scrolling brings in is not news: readers are told of additions only while nothing moves.
  let moving = 0;
  scope.on(scroller, "scroll", () => {
    scroller.setAttribute("aria-busy", "true");
    clearTimeout(moving);
    moving = Number(setTimeout(() => scroller.removeAttribute("aria-busy"), QUIET_MS));
  }, { passive: true });
  app.store.on(`scope:note:${id}`, () => void extras.readNotes(), scope.signal);
  down.addEventListener("click", () => void toEnd());
  // Whoever is called otherwise since is so in every line.
  let called = "";
  app.store.on(`thread:${id}`, () => {
    const thread = app.store.threads.get(id);
    const name = thread ? nameOf(thread) : "";
    if (called !== "" && name !== called) {
      lines = new Lines();
      draw();
    }
    called = name;
  }, scope.signal);
  app.store.on(`log:${id}`, draw, scope.signal);
  scope.on(scroller, "scroll", read.watch, { passive: true });
  return {
    node,
    start,
    jump,
    toEnd,
    answered: read.answered,
    extras,
    onReply: (/** @type {(message: Message) => void} */ hear) => replies.push(hear),
    onEdit: (/** @type {(note: Note) => void} */ hear) => edits.push(hear),
    focus: () => scroller.focus(),
  };
}
