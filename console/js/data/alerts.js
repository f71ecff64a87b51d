// How the page calls when nobody looks at it: the count in title and icon, and, where allowed, a notification.

/** @import { Store } from "./store.js" */

import { t } from "../text/words.js";
import { find } from "../dom/el.js";
import { nameOf } from "../text/names.js";

/** Handed-over conversations settle for a moment before they call. */
const SETTLES_MS = 2_000;

export class Alerts {
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #soon = new Map();

  /**
   * @param {Store} store
   * @param {(thread: string) => void} open
   */
  constructor(store, open) {
    this.store = store;
    this.open = open;
    store.on("counts", () => this.#count());
    store.on("threads", () => this.#count());
  }

  #count() {
    const unread = this.store.counts.unread ?? [...this.store.threads.values()].filter((thread) => thread.unread > 0).length;
    const title = `${unread > 0 ? `(${unread}) ` : ""}${t("page_title")}`;
    if (document.title !== title) document.title = title;
    const icon = /** @type {HTMLLinkElement} */ (find('link[rel="icon"]'));
    const wanted = unread > 0 ? icon.dataset.unread : icon.dataset.plain;
    if (wanted && icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
  }

  /** @param {string} id of the thread that somebody wrote in */
  arrived(id) {
    if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
    clearTimeout(this.#soon.get(id));
    const call = () => {
      this.#soon.delete(id);
      const thread = this.store.threads.get(id);
      // What the agent handles calls nobody.
      if (!thread || thread.owner.kind === "agent" || thread.unread === 0) return;
      const note = new Notification(nameOf(thread), { body: thread.last?.preview ?? "", tag: id });
      note.onclick = () => {
        window.focus();
        this.open(id);
        note.close();
      };
    };
    this.#soon.set(id, setTimeout(call, SETTLES_MS));
  }

  static get wanted() {
    return "Notification" in window && Notification.permission === "default";
  }
}
