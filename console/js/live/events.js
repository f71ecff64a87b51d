// The second rung: server-sent events, with our own frames as calls. For networks that let no WebSocket through.

/** @import { Ears, From, Line } from "./socket.js" */
/** @import { Frame } from "../data/shapes.js" */

import { parse } from "./socket.js";

/**
 * A frame of ours over HTTP: the same JSON, one call.
 * @param {Frame} frame
 * @param {string | null} session the stream that it belongs to
 * @param {(frame: Frame) => void} answered
 */
export async function postFrame(frame, session, answered) {
  const url = new URL("/api/live/frames", location.href);
  if (session) url.searchParams.set("session", session);
  const headers = { "content-type": "application/json", accept: "application/json" };
  try {
    const answer = await fetch(url, { method: "POST", headers, credentials: "same-origin", body: JSON.stringify(frame) });
    if (!answer.ok) return;
    for (const told of (await answer.json()).frames) answered(told);
  } catch {
    // Whoever waits for an answer asks again with the same id.
  }
}

/**
 * @param {Ears} ears
 * @param {From} from
 * @returns {Line}
 */
export function events(ears, from) {
  const url = new URL("/api/live/events", location.href);
  if (from.after) url.searchParams.set("after", from.after);
  const joined = from.joined();
  if (joined.length > 0) url.searchParams.set("conversations", joined.join(","));
  const source = new EventSource(url);
  let ended = false;
  /** @type {string | null} */
  let session = null;
  source.onopen = () => ears.opened();
  source.onmessage = (event) => {
    const frame = parse(event.data);
    if (frame?.type === "authenticated") session = frame.data.session_id;
    if (frame) ears.frame(frame);
  };
  source.onerror = () => {
    // Its own reconnecting would hide how long we have been away.
    if (ended) return;
    ended = true;
    source.close();
    ears.closed(1006, "");
  };
  return {
    send(frame) {
      if (ended) return false;
      void postFrame(frame, session, ears.frame);
      return true;
    },
    close() {
      ended = true;
      source.close();
    },
  };
}
