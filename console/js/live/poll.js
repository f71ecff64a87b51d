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
  let begun = false;
  const round = async () => {
    const url = new URL("/api/live/poll", location.href);
    if (after) url.searchParams.set("after", after);
    const joined = from.joined();
    if (joined.length > 0) url.searchParams.set("conversations", joined.join(","));
    // The first one is to tell at once that it works.
    url.searchParams.set("wait", begun ? String(WAIT_S) : "0");
    const signal = AbortSignal.any([end.signal, AbortSignal.timeout(PATIENCE_MS)]);
    const answer = await fetch(url, { credentials: "same-origin", signal });
    if (!answer.ok) return ears.closed(answer.status === 401 ? 4401 : 1006, "");
    const { epoch, head_seq: head, resumed, next, frames } = await answer.json();
    // Polls have no first frame: this is what it would say.
    if (!begun || !resumed) ears.frame({ type: "authenticated", data: { epoch, head_seq: head, resumed } });
    begun = true;
    after = next;
    for (const frame of frames) ears.frame(frame);
    return true;
  };
  const rounds = async () => {
    while (!end.signal.aborted && (await round()));
  };
  rounds().catch(() => {
    if (!end.signal.aborted) ears.closed(1006, "");
  });
  return {
    send(frame) {
      if (end.signal.aborted) return false;
      void postFrame(frame, null, ears.frame);
      return true;
    },
    close() {
      end.abort();
    },
  };
}
