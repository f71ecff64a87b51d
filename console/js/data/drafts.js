// What was begun and not sent, a thread each: survives switching, reloading, take-overs and logging in again.

/** @import { Shelf } from "./shelf.js" */

/** @typedef {{reply: string, note: string, mode: "reply" | "note", began: string | null}} Draft */

const PAUSE_MS = 250;
const MOST = 300;

/** @type {Draft} */
const EMPTY = { reply: "", note: "", mode: "reply", began: null };

export class Drafts {
  /** @type {Map<string, Draft>} */
  #drafts = new Map();
  /** What somebody wrote before the device had told is newer than what it tells. @type {Set<string>} */
  #touched = new Set();
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #saving = new Map();

  /** @param {Shelf} shelf */
  constructor(shelf) {
    this.shelf = shelf;
    // Whoever closes the page within the pause has written all the same.
    addEventListener("pagehide", () => this.#saving.forEach((_, thread) => this.#save(thread)));
  }

  async restore() {
    for (const [thread, draft] of await this.shelf.all("drafts")) if (!this.#touched.has(thread)) this.#drafts.set(thread, draft);
  }

  /** @param {string} thread */
  get(thread) {
    return this.#drafts.get(thread) ?? EMPTY;
  }

  /**
   * @param {string} thread
   * @param {Partial<Draft>} change
   */
  set(thread, change) {
    this.#touched.add(thread);
    const draft = { ...this.get(thread), ...change };
    const empty = draft.reply === "" && draft.note === "";
    draft.began = empty ? null : (draft.began ?? new Date().toISOString());
    this.#drafts.delete(thread);
    if (!empty || draft.mode === "note") this.#drafts.set(thread, draft);
    if (this.#drafts.size > MOST) this.#forget(/** @type {string} */ (this.#drafts.keys().next().value));
    clearTimeout(this.#saving.get(thread));
    this.#saving.set(thread, setTimeout(() => this.#save(thread), PAUSE_MS));
  }

  /** @param {string} thread */
  #forget(thread) {
    this.#drafts.delete(thread);
    void this.shelf.put("drafts", thread, undefined).catch(() => {});
  }

  /** @param {string} thread */
  #save(thread) {
    clearTimeout(this.#saving.get(thread));
    this.#saving.delete(thread);
    const draft = this.#drafts.get(thread);
    // An empty note is none: after a reload one writes to the customer, unless there is something else to go on with.
    const kept = draft?.began ? draft : undefined;
    void this.shelf.put("drafts", thread, kept).catch(() => {});
  }
}
