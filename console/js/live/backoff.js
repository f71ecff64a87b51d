// How long to wait before the next try: full jitter, doubling, never giving up.

const FIRST_MS = 500;
const MOST_MS = 30_000;

/** A connection that stood so long starts the count anew. */
export const HEALTHY_MS = 30_000;

export class Backoff {
  #tries = 0;
  #least = 0;

  /** @param {() => number} [random] */
  constructor(random = Math.random) {
    this.random = random;
  }

  next() {
    const ceiling = Math.min(MOST_MS, FIRST_MS * 2 ** this.#tries);
    this.#tries += 1;
    const wait = Math.max(this.#least, this.random() * ceiling);
    this.#least = 0;
    return wait;
  }

  /** @param {number} ms what the server asked for */
  atLeast(ms) {
    this.#least = Math.min(ms, MOST_MS);
  }

  reset() {
    this.#tries = 0;
    this.#least = 0;
  }
}
