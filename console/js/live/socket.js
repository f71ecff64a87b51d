// The first rung of the live stream: one WebSocket. Opens, carries frames, closes; decides nothing.

/** @import { Frame } from "../data/shapes.js" */

/**
 * What every rung offers and tells.
 * @typedef {{frame: (frame: Frame) => void, opened: () => void, closed: (code: number, reason: string) => void}} Ears
 * @typedef {{send: (frame: Frame) => boolean, close: (code: number) => void}} Line
 * @typedef {{after: string | null, joined: () => string[]}} From
 */

const PROTOCOL = "plumbline.live.v1";

/**
 * @param {Ears} ears
 * @returns {Line}
 */
export function socket(ears) {
  const url = new URL("/api/live", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const line = new WebSocket(url, PROTOCOL);
  line.onopen = () => ears.opened();
  line.onmessage = (event) => {
    const frame = parse(event.data);
    if (frame) ears.frame(frame);
  };
  line.onclose = (event) => ears.closed(event.code, event.reason);
  return {
    send(frame) {
      if (line.readyState !== WebSocket.OPEN) return false;
      line.send(JSON.stringify(frame));
      return true;
    },
    close(code) {
      // The browser waits for the other side's close; whoever is gone will not send one.
      line.onmessage = null;
      line.onclose = null;
      line.close(code);
    },
  };
}

/**
 * @param {unknown} text
 * @returns {Frame | null}
 */
export function parse(text) {
  try {
    const frame = JSON.parse(String(text));
    return frame && typeof frame.type === "string" ? frame : null;
  } catch {
    return null;
  }
}
