// The last rung: one waiting call after the other. Works wherever the page itself does.

/** @import { Ears, From, Line } from "./socket.js" */

import { postFrame } from "./events.js";

const WAIT_S = 25;
const PATIENCE_MS = 40_000;

/**
 * @param {Ears} ears
 * @param {From} from
 * @returns {Line}
 */
export function poll(ears, from) {
  const end = new AbortController();
  let after = from.after;
  const rounds = async () => {
    while (!end.signal.aborted) {
      const url = new URL("/api/live/poll", location.href);
      if (after) url.searchParams.set("after", after);
      url.searchParams.set("wait", String(WAIT_S));
      const signal = AbortSignal.any([end.signal, AbortSignal.timeout(PATIENCE_MS)]);
      const answer = await fetch(url, { credentials: "same-origin", signal });
      if (answer.status === 401) return ears.closed(4401, "");
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      ears.opened();
      for (const frame of told.frames ?? told.items ?? []) ears.frame(frame);
      if (typeof told.after === "string") after = told.after;
    }
  };
  rounds().catch(() => {
    if (!end.signal.aborted) ears.closed(1006, "");
  });
  return {
    send(frame) {
      if (end.signal.aborted) return false;
      void postFrame(frame, ears.frame);
      return true;
    },
    close() {
      end.abort();
    },
  };
}
