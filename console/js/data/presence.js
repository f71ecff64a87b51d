// Who else looks at a thread and who is writing: passing things that nobody stores and that end by themselves.

/** @import { Store } from "./store.js" */

const STAYS_MS = 7_000;

/** @typedef {{id: string, name: string | null, kind: string, mode: string}} Typist */

export class Presence {
  /** @type {Map<string, Map<string, Typist>>} */
  #typing = new Map();
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #ends = new Map();
  /** @type {Map<string, {user_id: string, name: string}[]>} */
  #viewers = new Map();

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /**
   * @param {string} thread
   * @param {any} data of a frame
   */
  typing(thread, data) {
    const { actor } = data;
    const { id } = actor;
    if (id === this.store.me?.user_id) return;
    if (data.state === "stop") return this.stopped(thread, id);
    const typists = this.#typing.get(thread) ?? new Map();
    this.#typing.set(thread, typists);
    typists.set(id, { id, name: actor.name || null, kind: actor.type, mode: data.mode });
    const key = `${thread} ${id}`;
    clearTimeout(this.#ends.get(key));
    this.#ends.set(key, setTimeout(() => this.stopped(thread, id), data.expires_in_ms ?? STAYS_MS));
    this.store.changed(`presence:${thread}`);
  }

  /**
   * @param {string} thread
   * @param {string} id
   */
  stopped(thread, id) {
    clearTimeout(this.#ends.get(`${thread} ${id}`));
    this.#ends.delete(`${thread} ${id}`);
    if (this.#typing.get(thread)?.delete(id)) this.store.changed(`presence:${thread}`);
  }

  /**
   * @param {string} thread
   * @param {{user_id: string, name: string}[]} viewers
   */
  viewers(thread, viewers) {
    this.#viewers.set(thread, viewers.filter((viewer) => viewer.user_id !== this.store.me?.user_id));
    this.store.changed(`presence:${thread}`);
  }

  /** @param {string} thread */
  of(thread) {
    return { typing: [...(this.#typing.get(thread)?.values() ?? [])], viewing: this.#viewers.get(thread) ?? [] };
  }

  /** The connection was lost: nobody knows any more. */
  clear() {
    const threads = [...this.#typing.keys(), ...this.#viewers.keys()];
    this.#typing.clear();
    this.#viewers.clear();
    for (const thread of threads) this.store.changed(`presence:${thread}`);
  }
}
