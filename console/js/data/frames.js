// What a live frame means for the store. A frame that names what it does not carry has it read anew.

/** @import { Frame, Message, Thread } from "./shapes.js" */
/** @import { App } from "../app.js" */

/**
 * @param {App} app
 * @param {Frame} frame
 */
export function apply(app, frame) {
  const { store, live } = app;
  const data = frame.data ?? {};
  const seq = frame.seq ?? live.seq;
  const id = frame.conversation_id;
  const thread = data.conversation ?? data.thread;
  if (thread?.owner_version !== undefined) store.putThread(thread, seq);
  switch (frame.type) {
    case "message":
      if (data.message?.parts) took(app, data.message);
      else if (id && store.logs.has(id)) app.stale(id);
      break;
    case "status":
      status(app, frame, data, thread !== undefined);
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
 * @param {Message} message
 */
function took(app, message) {
  const fresh = app.store.putMessage(message);
  if (fresh && message.direction === "in") app.alerts.arrived(message);
  if (message.direction === "in") app.presence.stopped(message.thread_id, message.author.id ?? "contact");
}

/**
 * @param {App} app
 * @param {Frame} frame
 * @param {any} data
 * @param {boolean} known whether the thread came with it
 */
function status(app, frame, data, known) {
  const { store } = app;
  const id = frame.conversation_id;
  switch (data.scope) {
    case "message": {
      const delivery = typeof data.status === "string" ? { state: data.status, at: data.at, ...reason(data.error) } : data.status;
      if (id && delivery && store.logs.get(id)?.deliver(data.message_id, delivery)) store.changed(`log:${id}`);
      const last = id ? store.threads.get(id) : undefined;
      if (!known && last && last.last?.message_id === data.message_id && delivery) app.staleThread(last.id);
      break;
    }
    case "conversation":
      if (!known && id) app.staleThread(id);
      app.staleCounts();
      break;
    case "approval":
      if (data.approval) store.putApproval(data.approval);
      else app.staleApprovals();
      app.staleCounts();
      if (id && !known) app.staleThread(id);
      break;
    case "presence":
      if (id) app.presence.viewers(id, data.viewers ?? []);
      break;
    case "channel":
      app.staleHealth();
      break;
    default:
      store.changed(`scope:${data.scope}`, id ? `scope:${data.scope}:${id}` : `scope:${data.scope}`);
  }
}

/** @param {any} error */
const reason = (error) => (error ? { reason: error.text ?? error.code, retryable: error.retryable } : {});
