// What stands between the messages of a thread: notes of staff and turns of the agent, read beside them.

/** @import { App } from "../app.js" */
/** @import { Note } from "../data/shapes.js" */
/** @import { Turn } from "./entries.js" */

import { Failure, once } from "../data/api.js";
import { toast } from "../dom/toast.js";
import { t } from "../text/words.js";

const SETTLES_MS = 1_500;

export class Extras {
  /** @type {Note[]} */
  notes = [];
  /** @type {Turn[]} */
  turns = [];
  /** Turns whose steps are shown. @type {Set<string>} */
  open = new Set();
  /** @type {Map<string, any>} */
  details = new Map();
  #asked = "";

  /**
   * @param {App} app
   * @param {string} thread
   * @param {() => void} changed
   */
  constructor(app, thread, changed) {
    this.app = app;
    this.thread = thread;
    this.changed = changed;
  }

  read() {
    void this.readNotes();
    void this.readTurns();
  }

  async readNotes() {
    try {
      this.notes = (await this.app.api.get(`/threads/${this.thread}/notes`, { limit: 200 })).items;
      this.changed();
      this.app.store.changed(`notes:${this.thread}`);
    } catch {
      // They come with the connection.
    }
  }

  async readTurns() {
    try {
      this.turns = (await this.app.api.get(`/threads/${this.thread}/turns`, { limit: 100 })).items;
      this.changed();
    } catch {
      // A thread reads well without them.
    }
  }

  /** A message of a turn came: what that did is read once it has settled. @param {string} turn */
  turned(turn) {
    if (this.#asked === turn) return;
    const known = this.#asked !== "" || this.turns.some((one) => one.id === turn);
    this.#asked = turn;
    if (known) setTimeout(() => void this.readTurns(), SETTLES_MS);
  }

  /** @param {string} turn */
  async toggle(turn) {
    if (this.open.delete(turn)) return this.changed();
    this.open.add(turn);
    this.changed();
    try {
      this.details.set(turn, await this.app.api.get(`/threads/${this.thread}/turns/${turn}/steps`));
    } catch (error) {
      this.details.set(turn, { fault: error instanceof Failure ? error.words : t("problem_server") });
    }
    this.changed();
  }

  /** @param {string} text */
  async addNote(text) {
    const me = this.app.store.me;
    const now = new Date().toISOString();
    /** @type {Note} */
    const presumed = { id: `new ${once()}`, thread_id: this.thread, text, author: { type: "staff", id: null, name: me?.name ?? null }, created_at: now, updated_at: now };
    this.#put(presumed);
    try {
      const kept = await this.app.api.post(`/threads/${this.thread}/notes`, { text }, { key: once() });
      this.#put(kept, presumed.id);
    } catch (error) {
      this.#drop(presumed.id);
      throw error;
    }
  }

  /**
   * @param {Note} note
   * @param {string} text
   */
  async editNote(note, text) {
    this.#put({ ...note, text }, note.id);
    try {
      this.#put(await this.app.api.patch(`/notes/${note.id}`, { text }), note.id);
    } catch (error) {
      this.#put(note, note.id);
      toast(error instanceof Failure ? error.words : t("problem_server"));
    }
  }

  /** @param {Note} note */
  async removeNote(note) {
    this.#drop(note.id);
    try {
      await this.app.api.delete(`/notes/${note.id}`);
    } catch (error) {
      this.#put(note);
      toast(error instanceof Failure ? error.words : t("problem_server"));
    }
  }

  /**
   * @param {Note} note
   * @param {string} [instead]
   */
  #put(note, instead) {
    const others = this.notes.filter((one) => one.id !== note.id && one.id !== instead);
    this.notes = [...others, note].sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
    this.changed();
    this.app.store.changed(`notes:${this.thread}`);
  }

  /** @param {string} id */
  #drop(id) {
    this.notes = this.notes.filter((one) => one.id !== id);
    this.changed();
    this.app.store.changed(`notes:${this.thread}`);
  }
}
