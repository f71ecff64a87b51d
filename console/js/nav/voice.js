// A command that is spoken: recorded in the browser, uploaded, and handed over by its upload.

import { upload } from "../data/uploads.js";

/** Nobody means to talk longer than this. */
const MOST_MS = 60_000;

/** @typedef {{upload_id: string, mime: string, duration_ms: number}} Spoken */

/**
 * Begins to record; resolves with what was said once `stop` was called.
 * @returns {Promise<{stop: () => void, done: Promise<Spoken>}>}
 */
export async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream);
  const begun = Date.now();
  /** @type {Blob[]} */
  const pieces = [];
  recorder.ondataavailable = (event) => pieces.push(event.data);
  const ended = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start();
  const stop = () => recorder.state !== "inactive" && recorder.stop();
  const limit = setTimeout(stop, MOST_MS);
  const done = ended.then(async () => {
    clearTimeout(limit);
    for (const track of stream.getTracks()) track.stop();
    const mime = recorder.mimeType.split(";")[0] || "audio/webm";
    const told = await upload(new File(pieces, "command.webm", { type: mime }), () => {}).done;
    return { upload_id: told.id, mime, duration_ms: Date.now() - begun };
  });
  return { stop, done };
}

export const canRecord = () => "mediaDevices" in navigator && "MediaRecorder" in window;
