// What survives a reload on this device: unsent messages and drafts. In IndexedDB, never in local storage; without it (a
// private window) in memory.

const NAME = "plumbline-console";
const TABLES = ["outbox", "drafts", "canned"];

/** @typedef {"outbox" | "drafts" | "canned"} Table */

export class Shelf {
  /** @type {Promise<IDBDatabase | null>} */
  #open;
  /** @type {Map<string, Map<string, any>>} */
  #memory = new Map(TABLES.map((table) => [table, new Map()]));

  constructor() {
    this.#open = new Promise((resolve) => {
      try {
        const request = indexedDB.open(NAME, 1);
        request.onupgradeneeded = () => TABLES.forEach((table) => request.result.createObjectStore(table));
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => resolve(null);
        request.onblocked = () => resolve(null);
      } catch {
        resolve(null);
      }
    });
  }

  /**
   * @param {Table} table
   * @returns {Promise<Map<string, any>>}
   */
  async all(table) {
    const database = await this.#open;
    if (!database) return new Map(this.#memory.get(table));
    const store = database.transaction(table).objectStore(table);
    const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
    return new Map(keys.map((key, index) => [String(key), values[index]]));
  }

  /**
   * @param {Table} table
   * @param {string} key
   * @param {any} value `undefined` removes it
   */
  async put(table, key, value) {
    const database = await this.#open;
    if (!database) {
      const rows = this.#memory.get(table);
      if (value === undefined) rows?.delete(key);
      else rows?.set(key, value);
      return;
    }
    const store = database.transaction(table, "readwrite").objectStore(table);
    await done(/** @type {IDBRequest<unknown>} */ (value === undefined ? store.delete(key) : store.put(value, key)));
  }

  /** Forgets everything: at log-out, on a machine that others use too. */
  async clear() {
    const database = await this.#open;
    for (const table of TABLES) {
      this.#memory.get(table)?.clear();
      if (database) await done(database.transaction(table, "readwrite").objectStore(table).clear());
    }
  }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the device did not keep it"));
  });
}
