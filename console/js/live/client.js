// The live stream as the page sees it: always trying, resuming where it stopped, or saying that all has to be read anew.
// Full-jitter waits, WebSocket first, then events, then polling. Applies nothing itself.

/** @import { Frame } from "../data/shapes.js" */
/** @import { Line } from "./socket.js" */

import { Backoff, HEALTHY_MS } from "./backoff.js";
import { events } from "./events.js";
import { Heart } from "./heart.js";
import { poll } from "./poll.js";
import { socket } from "./socket.js";

/**
 * @typedef {{
 *   ticket: () => Promise<string>,
 *   frame: (frame: Frame) => void,
 *   began: (told: {resumed: boolean, head: number, permissions?: string[]}) => void,
 *   state: (state: "connecting" | "live" | "waiting" | "offline" | "stopped" | "replaced", nextTryAt: number | null, by: string) => void,
 *   expired: () => void,
 * }} Host
 */

const RUNGS = /** @type {const} */ (["websocket", "events", "poll"]);
const BACK_TO_FIRST_MS = 5 * 60_000;
const HANDSHAKE_MS = 10_000;

export class Live {
  #rung = 0;
  #failures = 0;
  #backoff = new Backoff();
  /** @type {Line | null} */
  #line = null;
  /** @type {{epoch: string, seq: number} | null} */
  #place = null;
  /** @type {Set<string>} */
  #joined = new Set();
  /** The threads that the stream was begun with. @type {string[]} */
  #named = [];
  #began = false;
  #stopped = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #handshake;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #healthy;
  #tries = 0;

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.heart = new Heart({
      ping: (n) => this.#send({ type: "ping", data: { n, last_seq: this.#place?.seq ?? 0 } }),
      dead: () => this.#lost(1006),
      behind: () => this.#resync(),
      seq: () => this.#place?.seq ?? 0,
    });
    addEventListener("online", () => !this.#stopped && this.retryNow());
    addEventListener("offline", () => this.#state("offline"));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#woken());
    setInterval(() => this.#climb(), BACK_TO_FIRST_MS);
  }

  get seq() {
    return this.#place?.seq ?? -1;
  }

  start() {
    this.#stopped = false;
    void this.#connect();
  }

  stop() {
    this.#stopped = true;
    this.#drop(1000);
    this.#state("stopped");
  }

  retryNow() {
    if (this.#began) return;
    this.#stopped = false;
    this.#backoff.reset();
    void this.#connect();
  }

  /** @param {string} thread */
  join(thread) {
    this.#joined.add(thread);
    if (this.#began) this.#send({ type: "join_conversation", conversation_id: thread, data: {} });
  }

  /** @param {string} thread */
  leave(thread) {
    if (this.#joined.delete(thread) && this.#began) {
      this.#send({ type: "leave_conversation", conversation_id: thread, data: {} });
    }
  }

  /**
   * A frame of ours; false while there is no connection.
   * @param {Frame} frame
   */
  send(frame) {
    return this.#began && this.#send(frame);
  }

  /** @param {Frame} frame */
  #send(frame) {
    return this.#line?.send({ id: crypto.randomUUID(), ts: new Date().toISOString(), ...frame }) ?? false;
  }

  async #connect() {
    clearTimeout(this.#retry);
    this.#drop(1000);
    const mine = (this.#tries += 1);
    this.#state("connecting");
    let ticket = "";
    try {
      // On every rung: it tells whether the server can be reached at all and knows us.
      ticket = await this.host.ticket();
    } catch (error) {
      const status = /** @type {any} */ (error).status;
      if (mine === this.#tries && !this.#stopped) this.#lost(status === 401 ? 4401 : 1006, false);
      return;
    }
    if (mine !== this.#tries || this.#stopped) return;
    this.#handshake = setTimeout(() => this.#lost(1006), HANDSHAKE_MS);
    const open = [socket, events, poll][this.#rung] ?? socket;
    this.#named = [...this.#joined];
    const after = this.#place ? `${this.#place.epoch}:${this.#place.seq}` : null;
    this.#line = open(
      {
        opened: () => this.#rung === 0 && this.#authenticate(ticket),
        frame: (frame) => mine === this.#tries && this.#heard(frame),
        closed: (code) => mine === this.#tries && this.#lost(code),
      },
      { after, joined: () => (this.#named = [...this.#joined]) },
    );
  }

  /** @param {string} ticket */
  #authenticate(ticket) {
    this.#named = [...this.#joined];
    const data = { ticket, client: { tab: crypto.randomUUID(), version: "1" }, subscriptions: this.#named };
    const resume = this.#place ? { resume: { epoch: this.#place.epoch, last_seq: this.#place.seq } } : {};
    this.#send({ type: "authenticate", data: { ...data, ...resume } });
  }

  /** @param {Frame} frame */
  #heard(frame) {
    this.heart.heard();
    if (frame.type === "authenticated") return this.#authenticated(frame.data);
    if (frame.type === "pong") return this.heart.pong(frame.data);
    if (frame.type === "error" && frame.data?.retry_after_ms) this.#backoff.atLeast(frame.data.retry_after_ms);
    if (typeof frame.seq === "number" && this.#place) {
      if (frame.seq <= this.#place.seq) {
        // What is told again to somebody who joined late has no place in the order.
        if (frame.prev === undefined) this.host.frame(frame);
        return;
      }
      // Somebody else's event between the last one and this would have been ours to see.
      if (typeof frame.prev === "number" && frame.prev > this.#place.seq) return this.#resync();
      this.#place.seq = frame.seq;
    }
    this.host.frame(frame);
  }

  /** @param {any} told */
  #authenticated(told) {
    if (told.renewed) return;
    clearTimeout(this.#handshake);
    const resumed = Boolean(told.resumed) && this.#place !== null;
    // What is replayed comes with numbers up to the head: the place moves with them.
    if (!resumed) this.#place = { epoch: told.epoch, seq: told.head_seq };
    this.#began = true;
    this.#catchUp();
    this.#failures = 0;
    this.#healthy = setTimeout(() => this.#backoff.reset(), HEALTHY_MS);
    this.heart.start(told.heartbeat_ms ?? 25_000, this.#rung === 0);
    this.#state("live");
    this.host.began({ resumed, head: told.head_seq, permissions: told.permissions });
  }

  /** Threads that were opened or left between the first frame and its answer. */
  #catchUp() {
    const named = new Set(this.#named);
    for (const thread of this.#joined) if (!named.has(thread)) this.join(thread);
    for (const thread of named) if (!this.#joined.has(thread)) this.#send({ type: "leave_conversation", conversation_id: thread, data: {} });
  }

  #resync() {
    this.#place = null;
    this.#backoff.reset();
    void this.#connect();
  }

  /**
   * @param {number} code
   * @param {boolean} [reached] whether the server could be reached by other ways just now
   */
  #lost(code, reached = true) {
    const handshake = !this.#began && reached;
    this.#drop(1000);
    if (this.#stopped) return;
    if (code === 4401) {
      this.#stopped = true;
      this.#state("stopped");
      return this.host.expired();
    }
    if (code === 4403 || code === 4409) {
      // Not allowed, or another window took this one's place: going on by itself would only fight.
      this.#stopped = true;
      return this.#state(code === 4409 ? "replaced" : "stopped");
    }
    if (code === 4450) this.#place = null;
    this.#failures += handshake ? 1 : 0;
    // Two handshakes that failed while the server is there: something in between does not like this rung.
    if (this.#failures >= 2 && this.#rung < RUNGS.length - 1) {
      this.#rung += 1;
      this.#failures = 0;
    }
    const wait = this.#backoff.next();
    this.#state(navigator.onLine ? "waiting" : "offline", Date.now() + wait);
    this.#retry = setTimeout(() => void this.#connect(), wait);
  }

  /** Every few minutes the best rung is tried again. */
  #climb() {
    if (this.#rung === 0 || this.#stopped) return;
    this.#rung = 0;
    void this.#connect();
  }

  #woken() {
    if (this.#stopped) return;
    if (this.#began) this.heart.check();
    else this.retryNow();
  }

  /** @param {number} code */
  #drop(code) {
    clearTimeout(this.#handshake);
    clearTimeout(this.#healthy);
    this.#tries += 1;
    this.#began = false;
    this.heart.stop();
    this.#line?.close(code);
    this.#line = null;
  }

  /**
   * @param {"connecting" | "live" | "waiting" | "offline" | "stopped" | "replaced"} state
   * @param {number | null} [nextTryAt]
   */
  #state(state, nextTryAt = null) {
    this.host.state(state, nextTryAt, RUNGS[this.#rung] ?? "websocket");
  }
}
