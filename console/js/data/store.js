// Everything the page knows, once: threads, messages, approvals, people. Views read it and are told by topic when it
// changes. Whatever comes late, twice or out of order is told apart here and nowhere else.

/** @import { Approval, Me, Message, Pending, Task, Thread, User } from "./shapes.js" */

import { Log } from "./log.js";

/** @typedef {{state: "connecting" | "live" | "waiting" | "offline" | "stopped" | "replaced", nextTryAt: number | null, by: string}} Connection */

const LOGS_KEPT = 30;
/** Changes are told with the next frame, or after so long where none comes. */
const LATEST_MS = 100;

export class Store {
  /** @type {Me | null} */
  me = null;
  /** @type {User[]} */
  users = [];
  /** @type {Map<string, Thread>} */
  threads = new Map();
  /** The number of the event that a thread was last seen at. @type {Map<string, number>} */
  #seen = new Map();
  /** @type {Map<string, Log>} */
  logs = new Map();
  /** @type {Map<string, Approval>} */
  approvals = new Map();
  /** @type {Map<string, Task>} */
  tasks = new Map();
  /** @type {Record<string, number>} */
  counts = {};
  /** @type {Connection} */
  connection = { state: "connecting", nextTryAt: null, by: "websocket" };
  /** What is wrong with a channel, by its name. @type {Map<string, import("./shapes.js").Trouble>} */
  troubles = new Map();
  /** Deliveries that failed and that nobody sent again. */
  failedDeliveries = 0;

  /** @type {Map<string, Set<() => void>>} */
  #listeners = new Map();
  /** @type {Set<string>} */
  #changed = new Set();
  #waiting = false;

  /**
   * @param {string} topic
   * @param {() => void} listener
   * @param {AbortSignal} [signal] ends it
   */
  on(topic, listener, signal) {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners);
    listeners.add(listener);
    signal?.addEventListener("abort", () => listeners.delete(listener), { once: true });
  }

  /** @param {...string} topics told together, once a frame */
  changed(...topics) {
    for (const topic of topics) this.#changed.add(topic);
    if (this.#waiting) return;
    this.#waiting = true;
    const tell = () => {
      if (!this.#waiting) return;
      this.#waiting = false;
      const now = [...this.#changed];
      this.#changed.clear();
      for (const topic of now) for (const listener of [...(this.#listeners.get(topic) ?? [])]) listener();
    };
    // A window that nobody looks at draws no frames, whatever it thinks of itself; its title still counts.
    setTimeout(tell, document.hidden ? 0 : LATEST_MS);
    requestAnimationFrame(tell);
  }

  /** For what somebody wants done now, not for what has changed. @param {string} topic */
  tell(topic) {
    for (const listener of [...(this.#listeners.get(topic) ?? [])]) listener();
  }

  /**
   * Takes a thread over unless a later state of it is known.
   * @param {Thread} thread
   * @param {number} seq the event or snapshot it was read at
   */
  putThread(thread, seq) {
    if ((this.#seen.get(thread.id) ?? -1) > seq) return false;
    this.#seen.set(thread.id, seq);
    this.threads.set(thread.id, thread);
    this.changed("threads", `thread:${thread.id}`);
    return true;
  }

  /**
   * A change that is shown before the server has answered; the answer or the next event replaces it.
   * @param {string} id
   * @param {Partial<Thread>} change
   * @returns {() => void} takes it back
   */
  presume(id, change) {
    const before = this.threads.get(id);
    if (!before) return () => {};
    const presumed = { ...before, ...change };
    this.threads.set(id, presumed);
    this.changed("threads", `thread:${id}`);
    return () => {
      if (this.threads.get(id) !== presumed) return;
      this.threads.set(id, before);
      this.changed("threads", `thread:${id}`);
    };
  }

  /** @param {string} thread */
  log(thread) {
    let log = this.logs.get(thread);
    if (!log) {
      log = new Log(thread);
      this.logs.set(thread, log);
      for (const [id] of this.logs) {
        if (this.logs.size <= LOGS_KEPT) break;
        if (id !== thread) this.logs.delete(id);
      }
    }
    return log;
  }

  /**
   * A message as an event or an answer tells it. Logs nobody has opened are left alone: opening one reads it anew.
   * @param {Message} message
   * @returns {boolean} whether it is new here
   */
  putMessage(message) {
    const log = this.logs.get(message.thread_id);
    const fresh = log?.put(message) ?? false;
    this.changed(`log:${message.thread_id}`);
    return fresh;
  }

  /** @param {Pending} pending */
  putPending(pending) {
    this.log(pending.thread_id).pend(pending);
    this.changed(`log:${pending.thread_id}`);
  }

  /** @param {Approval} approval */
  putApproval(approval) {
    const known = this.approvals.get(approval.id);
    // Decided is final: an older answer does not open it again.
    if (known && known.state !== "open" && approval.state === "open") return;
    this.approvals.set(approval.id, approval);
    this.changed("approvals");
  }

  /** @param {Partial<Connection>} change */
  setConnection(change) {
    this.connection = { ...this.connection, ...change };
    this.changed("connection");
  }

  /** @param {string} permission */
  may(permission) {
    return this.me?.permissions.includes(permission) ?? false;
  }
}
