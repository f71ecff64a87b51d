// The page as one thing: what it is made of, what it reads when, and what a change elsewhere makes stale. Draws nothing.

/** @import { Frame, Thread } from "./data/shapes.js" */
/** @import { Route } from "./nav/router.js" */

import { Actions } from "./data/actions.js";
import { Alerts } from "./data/alerts.js";
import { Api } from "./data/api.js";
import { Drafts } from "./data/drafts.js";
import { apply } from "./data/frames.js";
import { History } from "./data/history.js";
import { Outbox } from "./data/outbox.js";
import { Presence } from "./data/presence.js";
import { Responses } from "./data/responses.js";
import { Shelf } from "./data/shelf.js";
import { Store } from "./data/store.js";
import { ThreadList, readFilter, writeFilter } from "./data/thread_list.js";
import { Live } from "./live/client.js";
import { Keys } from "./nav/keys.js";
import { Router } from "./nav/router.js";
import { setFirmZone } from "./text/time.js";
import { setCurrency } from "./text/words.js";

/** What is stale is read this much later, so that a burst of events reads it once. */
const PAUSE_MS = 150;
const COUNTS_MS = 400;
const HEALTH_MS = 800;

export class App {
  store = new Store();
  shelf = new Shelf();
  api = new Api({ expired: () => this.expire() });
  drafts = new Drafts(this.shelf);
  outbox = new Outbox(this.api, this.store, this.shelf);
  history = new History(this.api, this.store);
  actions = new Actions(this.api, this.store);
  presence = new Presence(this.store);
  responses = new Responses();
  keys = new Keys();
  router = new Router((route, before) => this.#moved(route, before));
  alerts = new Alerts(this.store, (thread) => this.router.go(this.router.thread(thread)));
  live = new Live({
    ticket: async () => (await this.api.post("/api/live/ticket")).ticket,
    frame: (/** @type {Frame} */ frame) => apply(this, frame),
    began: (told) => this.#began(told),
    state: (state, nextTryAt, by) => {
      this.store.setConnection({ state, nextTryAt, by });
      if (state !== "live") this.presence.clear();
    },
    expired: () => this.expire(),
  });
  list = this.#listOf(this.router.current);
  expired = false;
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #soon = new Map();

  /** The thread that is open, if any. */
  get open() {
    return this.router.current.name === "inbox" ? this.router.current.id : null;
  }

  /** Everything of the first look; the list is asked for before anybody knows who we are. */
  async start() {
    const list = this.list.load();
    const me = await this.api.get("/me");
    this.meet(me);
    this.live.start();
    await Promise.all([this.drafts.restore(), this.outbox.restore()]);
    this.store.tell("drafts");
    void this.#read("users", async () => {
      const page = await this.api.get("/users");
      this.store.users = page.items.map((/** @type {any} */ user) => ({ user_id: user.id, name: user.name, role: user.role }));
    });
    this.staleCounts();
    this.staleApprovals();
    this.staleHealth();
    await list;
  }

  /** @param {any} me */
  meet(me) {
    this.store.me = { ...me, user_id: me.id };
    setFirmZone(me.time_zone);
    setCurrency(me.currency);
    this.expired = false;
    this.store.changed("me");
  }

  /** Somebody logged in again over the page: all goes on where it stopped. @param {any} me */
  resume(me) {
    this.meet(me);
    this.live.start();
    this.outbox.flush();
  }

  /** The session is over: the page stays as it is, behind a way to log in. */
  expire() {
    if (this.expired || !this.store.me) return;
    this.expired = true;
    this.live.stop();
    this.store.changed("expired");
  }

  /** @param {{resumed: boolean, head: number, permissions?: string[]}} told */
  #began(told) {
    if (told.permissions && this.store.me) {
      this.store.me = { ...this.store.me, permissions: told.permissions };
      this.store.changed("me");
    }
    this.outbox.flush();
    const open = this.open;
    if (!told.resumed) for (const log of this.store.logs.values()) if (log.asOf < told.head) log.breaks();
    // Also one whose gap could not be read the last time.
    if (open && this.store.log(open).broken) this.stale(open);
    if (told.resumed) return;
    // Between a snapshot and the stream's beginning something may have happened.
    if (this.list.asOf < told.head) void this.list.load();
    if (open) this.staleThread(open);
    this.staleCounts();
    this.staleApprovals();
    this.staleHealth();
    this.store.changed("scope:note", "scope:task", "scope:job");
  }

  /** @param {string} thread whose messages are to be read anew */
  stale(thread) {
    this.#later(`log ${thread}`, PAUSE_MS, () => this.history.newest(thread, { stay: true }));
  }

  /** @param {string} thread */
  staleThread(thread) {
    this.#later(`thread ${thread}`, PAUSE_MS, () => this.readThread(thread));
  }

  staleCounts() {
    this.#later("counts", COUNTS_MS, async () => {
      const { status } = this.list.filter;
      this.store.counts = await this.api.get("/threads/counts", { status: status === "any" ? "all" : status });
      this.store.changed("counts");
    });
  }

  staleApprovals() {
    this.#later("approvals", PAUSE_MS, async () => {
      const page = await this.api.get("/approvals", { state: "open", limit: 200 });
      const open = new Set(page.items.map((/** @type {{id: string}} */ one) => one.id));
      for (const approval of page.items) this.store.putApproval(approval);
      for (const [id, known] of this.store.approvals) {
        if (known.state === "open" && !open.has(id) && page.next_cursor === null) this.store.approvals.delete(id);
      }
      this.store.changed("approvals");
    });
  }

  staleHealth() {
    this.#later("health", HEALTH_MS, async () => {
      const told = await this.api.get("/channels/health");
      this.store.troubles.clear();
      for (const channel of told.items) if (channel.trouble) this.store.troubles.set(channel.name, { ...channel.trouble, since: channel.last_inbound_at });
      this.store.failedDeliveries = told.failed_deliveries;
      this.store.changed("health");
    });
  }

  /**
   * One thread, as the server has it now.
   * @param {string} id
   * @returns {Promise<Thread>}
   */
  async readThread(id) {
    const before = this.live.seq;
    const thread = await this.api.get(`/threads/${id}`);
    this.store.putThread(thread, Math.max(before, thread.as_of_seq ?? -1));
    return thread;
  }

  /**
   * @param {string} name
   * @param {number} ms
   * @param {() => Promise<unknown>} work
   */
  #later(name, ms, work) {
    if (this.#soon.has(name)) return;
    const run = () => {
      this.#soon.delete(name);
      void this.#read(name, work);
    };
    this.#soon.set(name, setTimeout(run, ms));
  }

  /**
   * What cannot be read now is stale until the connection is back, which reads all of it.
   * @param {string} _name
   * @param {() => Promise<unknown>} work
   */
  async #read(_name, work) {
    try {
      await work();
    } catch {
      // The bar at the top says that the connection is gone.
    }
  }

  /** @param {Route} route */
  #listOf(route) {
    return new ThreadList(this.api, this.store, readFilter(route.query), () => this.store.changed("list"));
  }

  /**
   * @param {Route} route
   * @param {Route} before
   */
  #moved(route, before) {
    const asked = route.name === "inbox" && writeFilter(readFilter(route.query)) !== writeFilter(this.list.filter);
    if (asked) {
      this.list = this.#listOf(route);
      void this.list.load();
      this.staleCounts();
      this.store.changed("list");
    }
    if (route.name !== before.name || route.id !== before.id || route.message !== before.message) this.store.changed("route");
    else if (asked) this.store.changed("filter");
  }
}
