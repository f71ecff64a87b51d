// Reading stretches of a thread: the newest, older ones, those around one message. Joins them without holes.

/** @import { Message } from "./shapes.js" */
/** @import { Api } from "./api.js" */
/** @import { Log } from "./log.js" */
/** @import { Store } from "./store.js" */

import { before } from "./log.js";

const PAGE = 60;
const OLDER = 100;
/** Pages of what was missed that are read one after the other; beyond, the thread begins anew at its end. */
const BRIDGE = 10;
const SPAN = 200;

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
      const { broken } = log;
      const joins = page.older === null || (broken ? reaches(page.items, broken.last) : page.items.some((message) => log.get(message.id)));
      if (log.loaded && !joins && !(broken?.last && (await this.#bridge(log, broken.last, page.items)))) log.reset();
      if (log.broken === broken) log.broken = null;
      const fresh = !log.loaded;
      log.merge(page.items);
      log.complete.newer = true;
      log.beyond = 0;
      log.asOf = page.as_of_seq;
      if (fresh || page.older === null) log.complete.older = page.older === null;
      this.store.changed(`log:${thread}`);
    });
  }

  /**
   * Reads on from `last` until it meets `page`: what was missed in between, without moving what is shown.
   * @param {Log} log
   * @param {Message} last
   * @param {Message[]} page
   * @returns {Promise<boolean>} false where it is too much
   */
  async #bridge(log, last, page) {
    let from = last;
    for (let step = 0; step < BRIDGE; step += 1) {
      const next = await this.#page(log.thread, { after: from.id, limit: SPAN });
      log.merge(next.items);
      const end = next.items.at(-1);
      if (!end || next.newer === null || reaches(page, end)) return true;
      from = end;
    }
    return false;
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

/**
 * Whether a page begins at or above `last`: then nothing is missing between the two.
 * @param {Message[]} page
 * @param {Message | null} last
 */
function reaches(page, last) {
  const first = page[0];
  return last !== null && first !== undefined && !before(last, first);
}
