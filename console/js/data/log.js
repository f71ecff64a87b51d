// The messages of one thread, in their order, without doubles: pages from the server, events and what is still unsent.

/** @import { Delivery, Message, Pending } from "./shapes.js" */

/** How far a message has come. Failed and dropped stand behind sent: what has arrived cannot fail any more. */
const RANK = { queued: 0, sending: 1, unknown: 1, sent: 2, dropped: 3, failed: 3, delivered: 4, read: 5, played: 6 };

/**
 * Whether a later state may replace an earlier one. A new attempt begins again after a failure.
 * @param {Delivery | null} before
 * @param {Delivery | null} after
 */
export function rises(before, after) {
  if (!after) return false;
  if (!before) return true;
  // An answer that was slower than the failure is no new attempt: that begins later.
  if (before.state === "failed" && after.state !== "failed" && before.at && after.at && after.at <= before.at) return false;
  if (before.state === "failed") return true;
  return (RANK[after.state] ?? 0) >= (RANK[before.state] ?? 0);
}

export class Log {
  /** @type {Message[]} */
  messages = [];
  /** @type {Map<string, Message>} */
  #byId = new Map();
  /** @type {Map<string, Pending>} */
  pending = new Map();
  /** Whether the oldest and the newest message there are have been read. */
  complete = { older: false, newer: false };
  loaded = false;
  /**
   * Set while something may be missing between what was read and what came since: the last message before that.
   * @type {{last: Message | null} | null}
   */
  broken = null;
  /** Messages that came while a stretch further up is shown. */
  beyond = 0;
  asOf = -1;

  /** @param {string} thread */
  constructor(thread) {
    this.thread = thread;
  }

  /** @param {string} id */
  get(id) {
    return this.#byId.get(id);
  }

  /** Forgets what was read, but not what is unsent: another stretch comes in its place. */
  reset() {
    this.messages = [];
    this.#byId.clear();
    this.complete = { older: false, newer: false };
    this.beyond = 0;
    this.loaded = false;
    this.broken = null;
  }

  /** Nobody tells from now on what comes: until the newest are read again there may be a gap behind what is known. */
  breaks() {
    if (this.loaded && this.complete.newer) this.broken ??= { last: this.messages.at(-1) ?? null };
  }

  /**
   * @param {Message[]} page from the server
   */
  merge(page) {
    for (const message of page) this.#insert(message);
    this.loaded = true;
  }

  /**
   * A message of an event. One that does not join on to what was read is only counted.
   * @param {Message} message
   */
  put(message) {
    const known = this.#byId.has(message.id);
    if (!known && this.loaded && !this.complete.newer && this.#last(message)) {
      this.beyond += 1;
      return true;
    }
    this.#insert(message);
    return !known;
  }

  /** @param {Message} message */
  #last(message) {
    const last = this.messages.at(-1);
    return !last || before(last, message);
  }

  /** @param {Message} message */
  #insert(message) {
    if (message.client_msg_id) this.pending.delete(message.client_msg_id);
    const known = this.#byId.get(message.id);
    if (known) {
      const status = rises(known.status, message.status) ? message.status : known.status;
      this.#replace(known, { ...message, status });
      return;
    }
    this.#byId.set(message.id, message);
    let low = 0;
    let high = this.messages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(message, /** @type {Message} */ (this.messages[middle]))) high = middle;
      else low = middle + 1;
    }
    this.messages.splice(low, 0, message);
  }

  /**
   * @param {string} id
   * @param {Delivery} status
   */
  deliver(id, status) {
    const known = this.#byId.get(id);
    if (!known || !rises(known.status, status)) return false;
    this.#replace(known, { ...known, status });
    return true;
  }

  /**
   * @param {Message} known
   * @param {Message} message
   */
  #replace(known, message) {
    this.#byId.set(message.id, message);
    const index = this.messages.indexOf(known);
    if (index < 0) return;
    this.messages[index] = message;
    // An earlier time moves it; mostly it stays.
    const previous = this.messages[index - 1];
    const next = this.messages[index + 1];
    if ((previous && before(message, previous)) || (next && before(next, message))) {
      this.messages.sort((a, b) => (before(a, b) ? -1 : before(b, a) ? 1 : 0));
    }
  }

  /** @param {Pending} pending */
  pend(pending) {
    const sent = this.messages.some((message) => message.client_msg_id === pending.client_msg_id);
    if (!sent) this.pending.set(pending.client_msg_id, pending);
  }

  /** @param {string} key */
  unpend(key) {
    this.pending.delete(key);
  }
}

/**
 * Whether `a` stands above `b`.
 * @param {Message} a
 * @param {Message} b
 */
export function before(a, b) {
  if (a.at !== b.at) return a.at < b.at;
  return a.seq !== b.seq ? a.seq < b.seq : a.id < b.id;
}
