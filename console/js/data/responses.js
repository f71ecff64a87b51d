// Answers to commands: each has a name of its own; `processing` may come often, the end exactly once.

/** @import { Frame } from "./shapes.js" */

/** @typedef {{status: "processing" | "success" | "error", message?: string, progress?: string, error?: {code: string, message: string}}} Told */

const PATIENCE_MS = 120_000;

export class Responses {
  /** @type {Map<string, {told: (told: Told) => void, timer: ReturnType<typeof setTimeout>}>} */
  #waiting = new Map();
  /** Ends that came before anybody waited for them. @type {Map<string, Told>} */
  #early = new Map();

  /**
   * Resolves with the end; `progress` hears what comes before it.
   * @param {string} ref
   * @param {(told: Told) => void} [progress]
   * @returns {Promise<Told>}
   */
  wait(ref, progress) {
    return new Promise((resolve) => {
      const end = (/** @type {Told} */ told) => {
        clearTimeout(this.#waiting.get(ref)?.timer);
        this.#waiting.delete(ref);
        resolve(told);
      };
      const told = (/** @type {Told} */ said) => (said.status === "processing" ? progress?.(said) : end(said));
      const late = () => end({ status: "error", error: { code: "no_answer", message: "" } });
      this.#waiting.set(ref, { told, timer: setTimeout(late, PATIENCE_MS) });
      const early = this.#early.get(ref);
      if (early) told(early);
      this.#early.delete(ref);
    });
  }

  /** @param {Frame} frame */
  settle(frame) {
    const ref = frame.ref;
    if (!ref) return;
    const waiting = this.#waiting.get(ref);
    if (waiting) return waiting.told(frame.data);
    if (frame.data?.status === "processing") return;
    this.#early.set(ref, frame.data);
    if (this.#early.size > 50) this.#early.delete(/** @type {string} */ (this.#early.keys().next().value));
  }
}
