// Reading stretches of a thread: the newest, older ones, those around one message. Joins them without holes.

/** @import { Message } from "./shapes.js" */
/** @import { Api } from "./api.js" */
/** @import { Store } from "./store.js" */

const PAGE = 60;
const OLDER = 100;

export class History {
  /** @type {Map<string, Promise<void>>} */
  #running = new Map();

  /**
   * @param {Api} api
   * @param {Store} store
   */
  constructor(api, store) {
    this.api = api;
    this.store = store;
  }

  /**
   * The newest messages. What was read before stays if the two join.
   * @param {string} thread
   * @param {{stay?: boolean}} [options] stay: whoever reads a stretch further up stays there; going down reads what is new
   */
  async newest(thread, { stay = false } = {}) {
    const name = `newest ${thread} ${stay}`;
    // What runs already may have been read before the change that this is asked for.
    await this.#running.get(name)?.catch(() => {});
    return this.#once(name, async () => {
      const log = this.store.log(thread);
      const page = await this.#page(thread, { limit: PAGE });
      if (stay && log.loaded && !log.complete.newer) return;
      const joins = page.items.some((message) => log.get(message.id)) || page.older === null;
      if (log.loaded && !joins) log.reset();
      const fresh = !log.loaded;
      log.merge(page.items);
      log.complete.newer = true;
      log.beyond = 0;
      log.asOf = page.as_of_seq;
      if (fresh || page.older === null) log.complete.older = page.older === null;
      this.store.changed(`log:${thread}`);
    });
  }

  /** @param {string} thread */
  older(thread) {
    const log = this.store.log(thread);
    const first = log.messages[0];
    if (!first || log.complete.older || !log.loaded) return Promise.resolve();
    return this.#once(`older ${thread}`, async () => {
      const page = await this.#page(thread, { before: first.id, limit: OLDER });
      if (log.messages[0] !== first) return;
      log.merge(page.items);
      log.complete.older = page.older === null;
      this.store.changed(`log:${thread}`);
    });
  }

  /** @param {string} thread */
  newer(thread) {
    const log = this.store.log(thread);
    const last = log.messages.at(-1);
    if (!last || log.complete.newer || !log.loaded) return Promise.resolve();
    return this.#once(`newer ${thread}`, async () => {
      const page = await this.#page(thread, { after: last.id, limit: OLDER });
      log.merge(page.items);
      log.complete.newer = page.newer === null;
      if (log.complete.newer) log.beyond = 0;
      this.store.changed(`log:${thread}`);
    });
  }

  /**
   * The stretch around one message, which may be far up.
   * @param {string} thread
   * @param {string} message
   */
  around(thread, message) {
    const log = this.store.log(thread);
    if (log.loaded && log.get(message)) return Promise.resolve();
    return this.#once(`around ${thread} ${message}`, async () => {
      const page = await this.#page(thread, { around: message, limit: PAGE });
      if (!page.items.some((one) => one.id === message)) return;
      const joins = log.loaded && page.items.some((one) => log.get(one.id));
      if (!joins) {
        log.reset();
        log.complete = { older: page.older === null, newer: page.newer === null };
        log.asOf = page.as_of_seq;
      }
      log.merge(page.items);
      this.store.changed(`log:${thread}`);
    });
  }

  /**
   * @param {string} thread
   * @param {Record<string, string | number>} query
   * @returns {Promise<{items: Message[], older: string | null, newer: string | null, as_of_seq: number}>}
   */
  #page(thread, query) {
    return this.api.get(`/threads/${thread}/messages`, query);
  }

  /**
   * @param {string} name
   * @param {() => Promise<void>} work
   */
  #once(name, work) {
    const running = this.#running.get(name);
    if (running) return running;
    const fresh = work().finally(() => this.#running.delete(name));
    this.#running.set(name, fresh);
    return fresh;
  }
}
