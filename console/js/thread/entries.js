// A thread's messages, notes and turns as the lines of its log: days, groups, the unread line. What did not change keeps
// its object, so that nothing is drawn twice.

/** @import { Message, Note, Pending } from "../data/shapes.js" */
/** @import { Log } from "../data/log.js" */

import { dayOf } from "../text/time.js";

const GROUP_MS = 5 * 60_000;

/**
 * @typedef {{id: string, created_at: string, finished_at: string | null, state: string, model_rounds: number, tool_calls: number,
 *   cost_micros: number | null}} Turn
 * @typedef {{
 *   key: string, kind: "day" | "unread" | "message" | "note" | "turn" | "start", at: string, first: boolean, message: Message | null,
 *   note: Note | null, turn: Turn | null, reactions: string, edit: Message | null, gone: boolean, quoted: Message | null, open: boolean,
 *   detail: any
 * }} Entry
 */

/**
 * @typedef {{
 *   log: Log, notes: Note[], turns: Turn[], unreadFrom: string | null, openTurns: Set<string>, details: Map<string, any>, me: string
 * }} Source
 */

/** @typedef {{reactions: Map<string, string>, edits: Map<string, Message>, gone: Set<string>, hidden: Set<string>}} Extras */

/** @type {Omit<Entry, "key" | "kind" | "at">} */
const BLANK = {
  first: false, message: null, note: null, turn: null, reactions: "", edit: null, gone: false, quoted: null, open: false, detail: null,
};

/** A message that was written here and is not confirmed yet, in the shape of one that is. @param {Pending} pending @param {string} me */
function unsent(pending, me) {
  /** @type {Message} */
  const message = {
    id: pending.client_msg_id,
    seq: Number.MAX_SAFE_INTEGER,
    thread_id: pending.thread_id,
    client_msg_id: pending.client_msg_id,
    direction: "out",
    author: { type: "staff", id: me },
    parts: pending.preview ?? [],
    reply_to: pending.body.reply_to ?? null,
    at: pending.at,
    status: { state: pending.state === "refused" ? "failed" : "queued", reason: pending.words ?? null, retryable: true },
    pending,
  };
  return message;
}

export class Lines {
  /** @type {Map<string, Entry>} */
  #known = new Map();
  /** @type {Map<string, {pending: Pending, message: Message}>} */
  #unsent = new Map();

  /** @param {Source} source @returns {Entry[]} */
  build(source) {
    const { log, notes, turns } = source;
    const extras = this.#extras(log.messages);
    const pending = [...log.pending.values()].map((one) => this.#pending(one, source.me));
    const first = log.messages[0]?.at ?? "";
    const within = (/** @type {string} */ at) => log.complete.older || at >= first;
    const shown = log.messages.filter((message) => !extras.hidden.has(message.id));
    /** @type {{at: string, message?: Message, note?: Note, turn?: Turn}[]} */
    const items = shown.map((message) => ({ at: message.at, message }));
    const began = turnStarts(shown);
    for (const note of notes) if (within(note.created_at)) items.push({ at: note.created_at, note });
    for (const turn of turns) if (within(turn.created_at)) items.push({ at: began.get(turn.id) ?? turn.created_at, turn });
    // A turn stands before what it said.
    const rank = (/** @type {{turn?: Turn, message?: Message}} */ item) => (item.turn ? 0 : 1);
    if (notes.length + turns.length > 0) {
      const sorted = items.map((item, index) => ({ item, index }));
      sorted.sort((a, b) => (a.item.at < b.item.at ? -1 : a.item.at > b.item.at ? 1 : rank(a.item) - rank(b.item) || a.index - b.index));
      items.splice(0, items.length, ...sorted.map((one) => one.item));
    }
    for (const message of pending) items.push({ at: message.at, message });
    return this.#lines(items, extras, source);
  }

  /**
   * @param {{at: string, message?: Message, note?: Note, turn?: Turn}[]} items
   * @param {Extras} extras
   * @param {Source} source
   */
  #lines(items, extras, source) {
    /** @type {Map<string, Entry>} */
    const next = new Map();
    /** @type {Entry[]} */
    const lines = [];
    const push = (/** @type {Partial<Entry> & Pick<Entry, "key" | "kind" | "at">} */ given) => {
      const entry = { ...BLANK, ...given };
      const before = this.#known.get(entry.key);
      const kept = before && same(before, entry) ? before : entry;
      next.set(entry.key, kept);
      lines.push(kept);
    };
    if (source.log.complete.older && source.log.loaded) push({ key: "start", kind: "start", at: "" });
    let day = "";
    /** @type {Message | null} */
    let last = null;
    for (const { at, message, note, turn } of items) {
      const today = dayOf(at);
      if (today !== day) push({ key: `day ${today}`, kind: "day", at });
      if (today !== day) last = null;
      day = today;
      if (message) {
        if (message.id === source.unreadFrom) push({ key: "unread", kind: "unread", at });
        const { id } = message;
        push({
          key: message.client_msg_id ?? id,
          kind: "message",
          at,
          message,
          first: !follows(last, message) || message.id === source.unreadFrom,
          reactions: extras.reactions.get(id) ?? "",
          edit: extras.edits.get(id) ?? null,
          gone: extras.gone.has(id),
          quoted: message.reply_to ? (source.log.get(message.reply_to) ?? null) : null,
        });
        last = message;
      } else if (note) {
        push({ key: `note ${note.id}`, kind: "note", at, note });
        last = null;
      } else if (turn) {
        push({ key: `turn ${turn.id}`, kind: "turn", at, turn, open: source.openTurns.has(turn.id), detail: source.details.get(turn.id) ?? null });
        last = null;
      }
    }
    this.#known = next;
    return lines;
  }

  /** @param {Pending} pending @param {string} me */
  #pending(pending, me) {
    const known = this.#unsent.get(pending.client_msg_id);
    if (known?.pending === pending) return known.message;
    const message = unsent(pending, me);
    this.#unsent.set(pending.client_msg_id, { pending, message });
    return message;
  }

  /** Reactions, edits and revocations belong to the message they are about, where that is here. @param {Message[]} messages @returns {Extras} */
  #extras(messages) {
    const ids = new Set(messages.map((message) => message.id));
    /** @type {Map<string, Map<string, string>>} */
    const reacted = new Map();
    /** @type {Map<string, Message>} */
    const edits = new Map();
    /** @type {Set<string>} */
    const gone = new Set();
    /** @type {Set<string>} */
    const hidden = new Set();
    for (const message of messages) {
      const part = message.parts[0];
      const about = part?.message_id ?? part?.to ?? part?.of;
      if (!part || typeof about !== "string" || !ids.has(about)) continue;
      if (part.type === "reaction") {
        const from = reacted.get(about) ?? new Map();
        reacted.set(about, from);
        const who = message.author.id ?? message.author.type;
        if (part.emoji) from.set(who, part.emoji);
        else from.delete(who);
      } else if (part.type === "edited") edits.set(about, message);
      else if (part.type === "deleted") gone.add(about);
      else continue;
      hidden.add(message.id);
    }
    const reactions = new Map([...reacted].map(([id, from]) => [id, [...from.values()].join(" ")]));
    return { reactions, edits, gone, hidden };
  }
}

/** Written out: a long thread compares ten thousand of them at once. @param {Entry} a @param {Entry} b */
function same(a, b) {
  const content = a.message === b.message && a.note === b.note && a.turn === b.turn && a.edit === b.edit && a.quoted === b.quoted;
  const looks = a.first === b.first && a.gone === b.gone && a.open === b.open && a.reactions === b.reactions && a.detail === b.detail;
  return content && looks && a.at === b.at && a.kind === b.kind;
}

/** When each turn said its first word. @param {Message[]} messages */
function turnStarts(messages) {
  const starts = new Map();
  for (const message of messages) {
    if (message.turn_id && message.direction !== "in" && !starts.has(message.turn_id)) starts.set(message.turn_id, message.at);
  }
  return starts;
}

/**
 * Whether a message goes on in the same breath as the one before.
 * @param {Message | null} before
 * @param {Message} message
 */
function follows(before, message) {
  if (!before || before.direction !== message.direction || before.author.type !== message.author.type) return false;
  if ((before.author.id ?? "") !== (message.author.id ?? "")) return false;
  return Math.abs(Date.parse(message.at) - Date.parse(before.at)) < GROUP_MS;
}
