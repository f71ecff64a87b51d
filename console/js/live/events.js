// The second rung: server-sent events, with our own frames as calls. For networks that let no WebSocket through.

/** @import { Ears, From, Line } from "./socket.js" */

import { parse } from "./socket.js";

/**
 * Frames of ours over HTTP: the same JSON, one call each.
 * @param {import("../data/shapes.js").Frame} frame
 * @param {(frame: import("../data/shapes.js").Frame) => void} answered
 */
export async function postFrame(frame, answered) {
  try {
    const answer = await fetch("/api/live/frames", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      credentials: "same-origin",
      body: JSON.stringify(frame),
    });
    if (!(answer.headers.get("content-type") ?? "").includes("json")) return;
    const told = await answer.json();
    for (const one of Array.isArray(told) ? told : (told?.frames ?? [told])) if (one?.type) answered(one);
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
  const source = new EventSource(url);
  let ended = false;
  source.onopen = () => ears.opened();
  source.onmessage = (event) => {
    const frame = parse(event.data);
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
      void postFrame(frame, ears.frame);
      return true;
    },
    close() {
      ended = true;
      source.close();
    },
  };
}
