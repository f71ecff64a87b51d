// What a live frame means for the store. A frame that names what it does not carry has it read anew.

/** @import { Delivery, Frame, Message } from "./shapes.js" */
/** @import { App } from "../app.js" */

import { rises } from "./log.js";

/**
 * @param {App} app
 * @param {Frame} frame
 */
export function apply(app, frame) {
  const { store, live } = app;
  const data = frame.data ?? {};
  const seq = frame.seq ?? live.seq;
  const id = frame.conversation_id;
  const thread = data.conversation;
  if (thread) store.putThread(thread, seq);
  switch (frame.type) {
    case "message":
      if (data.detail === "full") took(app, data.message);
      // Told in short although it is open: the stream did not know yet that we look at it.
      else if (id && id === app.open) {
        store.logs.get(id)?.breaks();
        app.stale(id);
      }
      if (data.op === "created" && data.message.direction === "in") arrived(app, data);
      app.staleCounts();
      break;
    case "status":
      status(app, frame, data);
      break;
    case "typing":
      if (id) app.presence.typing(id, data);
      break;
    case "response":
      app.responses.settle(frame);
      break;
    default:
  }
}

/**
 * @param {App} app
 * @param {any} data
 */
function arrived(app, { message, conversation }) {
  app.alerts.arrived(message.thread_id);
  // A channel that was silent is not any more.
  if (app.store.troubles.get(conversation?.channel)?.code === "silent") app.staleHealth();
}

/**
 * @param {App} app
 * @param {Message} message
 */
function took(app, message) {
  app.store.putMessage(message);
  if (message.direction !== "in") app.presence.stopped(message.thread_id, message.author.id ?? "");
}

/**
 * @param {App} app
 * @param {Frame} frame
 * @param {any} data
 */
function status(app, frame, data) {
  const { store } = app;
  const id = frame.conversation_id;
  switch (data.scope) {
    case "message":
      if (id) delivered(app, id, data);
      break;
    case "conversation":
      if (id && data.changed === "erased") forget(app, id);
      app.staleCounts();
      break;
    case "approval":
      if (data.approval) store.putApproval(data.approval);
      else app.staleApprovals();
      app.staleCounts();
      break;
    case "presence":
      if (id) app.presence.viewers(id, data.viewers);
      break;
    case "channel":
      app.staleHealth();
      break;
    case "contact":
      store.changed("people");
      break;
    default:
  }
  store.changed(`scope:${data.scope}`, id ? `scope:${data.scope}:${id}` : `scope:${data.scope}`);
}

/**
 * Somebody was erased: what this page read of them is read anew, and what was begun to be written to them goes.
 * @param {App} app
 * @param {string} id
 */
function forget(app, id) {
  app.drafts.set(id, { reply: "", note: "" });
  const log = app.store.logs.get(id);
  if (!log) return;
  log.reset();
  app.store.changed(`log:${id}`, `scope:note:${id}`, `scope:task:${id}`, `scope:call:${id}`);
  if (id === app.open) app.stale(id);
}

/**
 * How far a message has come: in the log, and in the row where it is the last one.
 * @param {App} app
 * @param {string} id
 * @param {any} data
 */
function delivered(app, id, data) {
  const { store } = app;
  if (data.status === "failed" || store.failedDeliveries > 0) app.staleHealth();
  /** @type {Delivery} */
  const delivery = { state: data.status, at: data.at, reason: data.error?.message ?? null, retryable: data.error?.retryable };
  if (store.logs.get(id)?.deliver(data.message_id, delivery)) store.changed(`log:${id}`);
  const thread = store.threads.get(id);
  const last = thread?.last;
  if (thread && last && last.message_id === data.message_id && rises(last.status, delivery)) {
    store.threads.set(id, { ...thread, last: { ...last, status: delivery } });
    store.changed("threads", `thread:${id}`);
  }
}
