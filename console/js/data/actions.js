// What staff do to threads: shown before the server answers, taken back with a word when it refuses, undone on demand.

/** @import { Approval, Thread } from "./shapes.js" */
/** @import { Store } from "./store.js" */

import { toast } from "../dom/toast.js";
import { t } from "../text/words.js";
import { Api, Failure, once } from "./api.js";

export class Actions {
  /**
   * @param {Api} api
   * @param {Store} store
   */
  constructor(api, store) {
    this.api = api;
    this.store = store;
  }

  /**
   * @param {string} id
   * @param {Partial<Thread>} presumed
   * @param {() => Promise<any>} call
   * @param {{quiet?: boolean}} [options] quiet: nobody asked for it, so nobody is told that it failed
   * @returns {Promise<boolean>}
   */
  async #change(id, presumed, call, { quiet = false } = {}) {
    const undo = this.store.presume(id, presumed);
    try {
      const answer = await call();
      // The answer is newer than anything seen so far, whatever number its event will have.
      if (answer?.owner_version !== undefined) this.#took(answer);
      return true;
    } catch (error) {
      undo();
      if (!quiet) toast(error instanceof Failure ? error.words : t("problem_server"));
      return false;
    }
  }

  /** @param {Thread} thread */
  #took(thread) {
    this.store.threads.set(thread.id, thread);
    this.store.changed("threads", `thread:${thread.id}`);
  }

  /** @param {Thread} thread */
  takeOver(thread) {
    const me = this.store.me;
    const owner = { kind: /** @type {const} */ ("staff"), name: me?.name, user_id: me?.user_id };
    return this.#change(thread.id, { owner }, () => this.api.post(`/threads/${thread.id}/take-over`, {}));
  }

  /** @param {Thread} thread */
  handBack(thread) {
    const owner = { kind: /** @type {const} */ ("agent"), name: thread.agent };
    return this.#change(thread.id, { owner }, () => this.api.post(`/threads/${thread.id}/hand-back`, {}));
  }

  /**
   * @param {Thread} thread
   * @param {Record<string, any>} change as the server takes it
   * @param {Partial<Thread>} presumed
   */
  patch(thread, change, presumed) {
    return this.#change(thread.id, presumed, () => this.api.patch(`/threads/${thread.id}`, change));
  }

  /** @param {Thread} thread */
  async resolve(thread) {
    const before = { status: thread.status, snoozed_until: thread.snoozed_until };
    const done = await this.patch(thread, { status: "resolved" }, { status: "resolved", snoozed_until: null });
    if (done) toast(t("resolved_toast"), { label: t("undo"), run: () => void this.patch(thread, before, before) });
  }

  /** @param {Thread} thread */
  reopen(thread) {
    return this.patch(thread, { status: "open" }, { status: "open", snoozed_until: null });
  }

  /**
   * @param {Thread} thread
   * @param {Date} until
   * @param {string} when in words
   */
  async snooze(thread, until, when) {
    const change = { status: /** @type {const} */ ("snoozed"), snoozed_until: until.toISOString() };
    const done = await this.patch(thread, change, change);
    if (done) toast(t("snoozed_toast", { when }), { label: t("undo"), run: () => void this.reopen(thread) });
  }

  /**
   * @param {Thread} thread
   * @param {{user_id: string, name: string} | null} user
   */
  assign(thread, user) {
    return this.patch(thread, { assignee: user?.user_id ?? null }, { assignee: user });
  }

  /** @param {Thread} thread */
  markUnread(thread) {
    this.store.tell(`keep-unread:${thread.id}`);
    return this.#change(thread.id, { unread: Math.max(1, thread.unread) }, () => this.api.post(`/threads/${thread.id}/unread`, {}));
  }

  /**
   * @param {Thread} thread
   * @param {string} upTo the newest message that was seen
   */
  markRead(thread, upTo) {
    return this.#change(thread.id, { unread: 0 }, () => this.api.post(`/threads/${thread.id}/read`, { up_to: upTo }), { quiet: true });
  }

  /** @param {string} message */
  async retry(message) {
    try {
      const answer = await this.api.post(`/messages/${message}/retry`, {}, { key: once() });
      if (answer?.thread_id) this.store.putMessage(answer);
    } catch (error) {
      toast(error instanceof Failure ? error.words : t("problem_server"));
    }
  }

  /**
   * The first decision wins, wherever it is made. Whoever was slower is told whose it is; the card shows it.
   * @param {Approval} approval
   * @param {string} choice
   * @param {string} [reason]
   */
  async decide(approval, choice, reason) {
    try {
      this.store.putApproval(await this.api.post(`/approvals/${approval.id}/decision`, reason ? { choice, reason } : { choice }));
    } catch (error) {
      const late = error instanceof Failure && (error.code === "already_decided" || error.code === "not_open");
      if (!late) throw error;
      /** @type {Approval} */
      const decided = await this.api.get(`/approvals/${approval.id}`);
      this.store.putApproval(decided);
      if (decided.decision) toast(t("decided_first", { by: decided.decision.by ?? t("somebody") }));
    }
  }
}
