// The threads of one view of the inbox: pages from the server, kept in order and in step as threads change.

/** @import { Thread } from "./shapes.js" */
/** @import { Api } from "./api.js" */
/** @import { Store } from "./store.js" */

const PAGE = 50;

/**
 * What is shown, as it stands in the address.
 * @typedef {{
 *   tab: string, search: string, status: string, assignee: string, label: string, owner: string, channel: string,
 *   unread: boolean, waiting: boolean, sort: string
 * }} Filter
 */

/** @type {Filter} */
export const NOTHING = {
  tab: "all",
  search: "",
  status: "open",
  assignee: "",
  label: "",
  owner: "",
  channel: "",
  unread: false,
  waiting: false,
  sort: "last",
};

export const TABS = /** @type {const} */ (["mine", "unassigned", "all", "agent", "approval"]);

/**
 * @param {URLSearchParams} query
 * @returns {Filter}
 */
export function readFilter(query) {
  const text = (/** @type {keyof Filter} */ name) => query.get(name) ?? String(NOTHING[name]);
  return {
    tab: TABS.includes(/** @type {any} */ (text("tab"))) ? text("tab") : NOTHING.tab,
    search: text("search"),
    status: text("status"),
    assignee: text("assignee"),
    label: text("label"),
    owner: text("owner"),
    channel: text("channel"),
    unread: query.get("unread") === "true",
    waiting: query.get("waiting") === "true",
    sort: text("sort"),
  };
}

/** @param {Filter} filter */
export function writeFilter(filter) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    if (value !== NOTHING[/** @type {keyof Filter} */ (name)]) query.set(name, String(value));
  }
  return query.size > 0 ? `?${query}` : "";
}

/** Whether anything but the tab narrows the list. @param {Filter} filter */
export const narrowed = (filter) => writeFilter({ ...filter, tab: NOTHING.tab, sort: NOTHING.sort }) !== "";

/**
 * As the server wants it.
 * @param {Filter} filter
 * @returns {Record<string, string | boolean | undefined>}
 */
function query(filter) {
  const assignee = filter.tab === "mine" ? "me" : filter.tab === "unassigned" ? "none" : filter.assignee;
  return {
    search: filter.search.trim(),
    status: filter.status === "any" ? undefined : filter.status,
    assignee,
    label: filter.label,
    owner: filter.tab === "agent" ? "agent" : filter.owner,
    channel: filter.channel,
    unread: filter.unread || undefined,
    waiting: filter.waiting || undefined,
    approval: filter.tab === "approval" || undefined,
    sort: filter.sort === "waiting" ? "waiting" : undefined,
  };
}

export class ThreadList {
  /** @type {string[]} */
  ids = [];
  /** @type {string | null} */
  #cursor = null;
  complete = false;
  /** @type {"idle" | "loading" | "more" | "failed"} */
  state = "idle";
  loaded = false;
  asOf = -1;
  #round = 0;

  /**
   * @param {Api} api
   * @param {Store} store
   * @param {Filter} filter
   * @param {() => void} changed
   */
  constructor(api, store, filter, changed) {
    this.api = api;
    this.store = store;
    this.filter = filter;
    this.changed = changed;
  }

  /** Reads from the beginning as far as was read before; what is shown stays until then. */
  async load() {
    const round = (this.#round += 1);
    this.state = "loading";
    const wanted = Math.min(200, Math.max(PAGE, this.ids.length));
    try {
      const page = await this.api.get("/threads", { ...query(this.filter), limit: wanted });
      if (round !== this.#round) return;
      this.ids = [];
      this.#take(page);
      this.asOf = page.as_of_seq;
      this.loaded = true;
    } catch {
      if (round === this.#round) this.state = "failed";
    }
    this.changed();
  }

  async more() {
    if (this.complete || this.state !== "idle" || !this.loaded) return;
    const round = this.#round;
    this.state = "more";
    try {
      const page = await this.api.get("/threads", { ...query(this.filter), limit: 100, cursor: this.#cursor });
      if (round === this.#round) this.#take(page);
    } catch {
      if (round === this.#round) this.state = "idle";
      return;
    }
    this.changed();
  }

  /** @param {{items: Thread[], next_cursor: string | null, as_of_seq: number}} page */
  #take(page) {
    const known = new Set(this.ids);
    for (const thread of page.items) {
      this.store.putThread(thread, page.as_of_seq);
      if (!known.has(thread.id)) this.ids.push(thread.id);
    }
    this.#cursor = page.next_cursor;
    this.complete = page.next_cursor === null;
    this.state = "idle";
    if (this.filter.search.trim() === "") this.#sort();
  }

  /**
   * Puts every thread where it belongs after some have changed. `stays` is open and is not taken from under its reader.
   * @param {string | null} stays
   */
  reconcile(stays) {
    if (!this.loaded) return;
    const searching = this.filter.search.trim() !== "";
    const shown = new Set(this.ids);
    this.ids = this.ids.filter((id) => {
      const thread = this.store.threads.get(id);
      return thread && (id === stays || this.#belongs(thread));
    });
    if (searching) return;
    for (const [id, thread] of this.store.threads) {
      if (!shown.has(id) && this.#belongs(thread) && this.#within(thread)) this.ids.push(id);
    }
    this.#sort();
  }

  /** Beyond what was read nothing is known of the neighbours: a later page brings it. @param {Thread} thread */
  #within(thread) {
    if (this.complete) return true;
    const last = this.store.threads.get(this.ids.at(-1) ?? "");
    return !last || this.#compare(thread, last) < 0;
  }

  #sort() {
    const thread = (/** @type {string} */ id) => /** @type {Thread} */ (this.store.threads.get(id));
    this.ids.sort((a, b) => this.#compare(thread(a), thread(b)));
  }

  /**
   * @param {Thread} a
   * @param {Thread} b
   */
  #compare(a, b) {
    if (this.filter.sort === "waiting") {
      const [x, y] = [a.waiting_since ?? "9", b.waiting_since ?? "9"];
      if (x !== y) return x < y ? -1 : 1;
      return a.id < b.id ? -1 : 1;
    }
    const [x, y] = [a.last?.at ?? a.created_at, b.last?.at ?? b.created_at];
    if (x !== y) return x > y ? -1 : 1;
    return a.id > b.id ? -1 : 1;
  }

  /** @param {Thread} thread */
  #belongs(thread) {
    const { filter } = this;
    const asked = query(filter);
    const me = this.store.me?.user_id;
    if (asked.status && thread.status !== asked.status) return false;
    if (asked.assignee === "me" && thread.assignee?.user_id !== me) return false;
    if (asked.assignee === "none" && thread.assignee) return false;
    const named = asked.assignee && asked.assignee !== "me" && asked.assignee !== "none";
    if (named && thread.assignee?.user_id !== asked.assignee) return false;
    if (asked.label && !thread.labels.includes(String(asked.label))) return false;
    if (asked.owner && thread.owner.kind !== asked.owner) return false;
    if (asked.channel ? thread.channel !== asked.channel : thread.channel.startsWith("link")) return false;
    if (asked.unread && thread.unread === 0) return false;
    if ((asked.waiting || asked.sort === "waiting") && !thread.waiting_since) return false;
    return !(asked.approval && thread.open_approvals === 0);
  }
}
