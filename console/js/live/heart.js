// Whether the line is alive and whether we are behind: pings, and what their answers tell.

const PONG_MS = 10_000;
const BEHIND_MS = 5_000;
/** After so long a sleep the line is asked at once. */
const CHECK_MS = 3_000;

export class Heart {
  #n = 0;
  #waiting = false;
  #last = Date.now();
  #beat = 25_000;
  #pings = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #next;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pong;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #behind;

  /** @param {{ping: (n: number) => void, dead: () => void, behind: () => void, seq: () => number}} body */
  constructor(body) {
    this.body = body;
  }

  /**
   * @param {number} beat milliseconds
   * @param {boolean} pings whether this line can be asked
   */
  start(beat, pings) {
    this.stop();
    this.#beat = beat;
    this.#pings = pings;
    this.#last = Date.now();
    if (pings) this.#next = setTimeout(() => this.#ping(PONG_MS), Math.random() * beat);
  }

  stop() {
    clearTimeout(this.#next);
    clearTimeout(this.#pong);
    clearTimeout(this.#behind);
    this.#waiting = false;
  }

  heard() {
    this.#last = Date.now();
  }

  /** Asks at once, with little patience: the machine may have slept. */
  check() {
    if (this.#pings && Date.now() - this.#last > 1000) this.#ping(CHECK_MS);
  }

  /** @param {{n?: number, head_seq?: number}} told */
  pong(told) {
    this.#waiting = false;
    clearTimeout(this.#pong);
    const head = told.head_seq ?? 0;
    clearTimeout(this.#behind);
    if (head <= this.body.seq()) return;
    // Events are on their way, or they are lost.
    const seen = this.body.seq();
    this.#behind = setTimeout(() => this.body.seq() === seen && this.body.behind(), BEHIND_MS);
  }

  /** @param {number} patience */
  #ping(patience) {
    clearTimeout(this.#next);
    clearTimeout(this.#pong);
    this.#waiting = true;
    this.#n += 1;
    this.body.ping(this.#n);
    this.#pong = setTimeout(() => this.#waiting && this.body.dead(), patience);
    this.#next = setTimeout(() => this.#ping(PONG_MS), this.#beat);
  }
}
