// What staff wrote and the server has not confirmed: shown at once, kept on this device, sent in order until the server
// has it. The same key with every try, so that a repeat is the same message.

/** @import { Message, Part, Pending, SendBody } from "./shapes.js" */
/** @import { Shelf } from "./shelf.js" */
/** @import { Store } from "./store.js" */

import { Api, Failure, once } from "./api.js";

const RETRY_MS = 3_000;
/** A device that keeps nothing does not hold a message back for longer. */
const KEEP_MS = 500;
const MOST = 200;

export class Outbox {
  /** @type {Set<string>} */
  #busy = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  /**
   * @param {Api} api
   * @param {Store} store
   * @param {Shelf} shelf
   */
  constructor(api, store, shelf) {
    this.api = api;
    this.store = store;
    this.shelf = shelf;
  }

  /** Takes up what an earlier page of the same person left. */
  async restore() {
    const rows = await this.shelf.all("outbox");
    const mine = [...rows.values()].filter((row) => row.user_id === this.store.me?.user_id);
    mine.sort((a, b) => (a.at < b.at ? -1 : 1));
    for (const row of mine) this.store.putPending(row.state === "sending" ? { ...row, state: "waiting" } : row);
    this.flush();
  }

  /**
   * @param {string} thread
   * @param {SendBody} body
   * @param {Part[]} preview how it looks until the server has it
   */
  async send(thread, body, preview) {
    const key = once();
    /** @type {Pending} */
    const pending = {
      client_msg_id: key,
      thread_id: thread,
      at: new Date().toISOString(),
      body: { ...body, client_msg_id: key },
      state: "waiting",
      preview,
      user_id: this.store.me?.user_id,
    };
    this.store.putPending(pending);
    // Kept before it is sent: a page that dies in between sends it again, and the server knows its key.
    const kept = this.shelf.put("outbox", key, pending).catch(() => {});
    await Promise.race([kept, new Promise((resolve) => setTimeout(resolve, KEEP_MS))]);
    void this.#pump(thread);
  }

  /** Tries everything that waits: the connection is back. */
  flush() {
    for (const log of this.store.logs.values()) if (log.pending.size > 0) void this.#pump(log.thread);
  }

  /** @param {Pending} pending */
  async again(pending) {
    const fresh = { ...pending, state: /** @type {const} */ ("waiting"), words: undefined };
    this.#keep(fresh);
    await this.#pump(pending.thread_id);
  }

  /** @param {Pending} pending */
  async discard(pending) {
    this.store.log(pending.thread_id).unpend(pending.client_msg_id);
    this.store.changed(`log:${pending.thread_id}`);
    await this.shelf.put("outbox", pending.client_msg_id, undefined);
  }

  /** How many wait, over all threads. */
  get size() {
    let waiting = 0;
    for (const log of this.store.logs.values()) waiting += log.pending.size;
    return waiting;
  }

  /** @param {Pending} pending */
  #keep(pending) {
    const log = this.store.log(pending.thread_id);
    if (log.pending.has(pending.client_msg_id)) log.pending.set(pending.client_msg_id, pending);
    this.store.changed(`log:${pending.thread_id}`);
    void this.shelf.put("outbox", pending.client_msg_id, pending).catch(() => {});
  }

  /** One at a time, so that they arrive in the order they were written. @param {string} thread */
  async #pump(thread) {
    if (this.#busy.has(thread)) return;
    this.#busy.add(thread);
    try {
      for (let sent = 0; sent < MOST; sent += 1) {
        const next = [...this.store.log(thread).pending.values()].find((one) => one.state !== "refused");
        if (!next || !(await this.#attempt({ ...next, state: "sending" }))) break;
      }
    } finally {
      this.#busy.delete(thread);
    }
  }

  /**
   * @param {Pending} pending
   * @returns {Promise<boolean>} whether to go on with the next
   */
  async #attempt(pending) {
    const { thread_id: thread, client_msg_id: key } = pending;
    this.#keep(pending);
    try {
      /** @type {Message} */
      const message = await this.api.post(`/threads/${thread}/messages`, pending.body, { key });
      this.store.log(thread).unpend(key);
      this.store.putMessage({ ...message, client_msg_id: key });
      await this.shelf.put("outbox", key, undefined);
      return true;
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure(0, {});
      const passing = failure.passing || failure.status === 401;
      this.#keep({ ...pending, state: passing ? "waiting" : "refused", words: passing ? undefined : failure.words });
      if (!passing) return true;
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => this.flush(), failure.retryAfterMs ?? RETRY_MS);
      return false;
    }
  }
}
