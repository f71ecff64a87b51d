// The notes of a thread, listed: the same ones that stand between its messages.

/** @import { App } from "../app.js" */
/** @import { Note } from "../data/shapes.js" */
/** @import { Scope } from "../dom/scope.js" */

import { el, fill } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { linkify } from "../text/linkify.js";
import { brief, exact } from "../text/time.js";
import { t } from "../text/words.js";
import { section } from "./rail.js";

/**
 * @param {App} app
 * @param {string} id
 * @param {Scope} scope
 */
export function notesSection(app, id, scope) {
  const list = el("div", { class: "items" });
  const add = el("button", { type: "button", class: "quiet", "aria-label": t("add_note") }, icon("plus", "small"));
  add.addEventListener("click", () => app.store.tell("write-note"));
  const node = section(t("notes"), add, list);
  const read = async () => {
    try {
      const { items } = await app.api.get(`/threads/${id}/notes`, { limit: 50 });
      const newest = [...items].sort((/** @type {Note} */ a, /** @type {Note} */ b) => (a.created_at < b.created_at ? 1 : -1)).slice(0, 10);
      fill(list, newest.length > 0 ? newest.map(card) : el("p", { class: "faint" }, t("no_notes")));
    } catch {
      // They come with the connection.
    }
  };
  app.store.on(`notes:${id}`, () => void read(), scope.signal);
  app.store.on(`scope:note:${id}`, () => void read(), scope.signal);
  const may = () => (add.hidden = !app.store.may("thread.note"));
  app.store.on("me", may, scope.signal);
  may();
  void read();
  return node;
}

/** @param {Note} note */
function card(note) {
  const foot = el("footer", {}, note.author.name ?? t("somebody"), el("time", { datetime: note.created_at, title: exact(note.created_at) }, brief(note.created_at)));
  return el("div", { class: "note-card" }, el("div", { class: "said", dir: "auto" }, linkify(note.text)), foot);
}
