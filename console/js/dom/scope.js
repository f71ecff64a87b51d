// What lives as long as a view: its listeners, timers and subscriptions, ended together.

export class Scope {
  #end = new AbortController();

  get signal() {
    return this.#end.signal;
  }

  get closed() {
    return this.#end.signal.aborted;
  }

  /**
   * @param {EventTarget} target
   * @param {string} type
   * @param {(event: any) => void} handler
   * @param {AddEventListenerOptions} [options]
   */
  on(target, type, handler, options = {}) {
    target.addEventListener(type, handler, { ...options, signal: this.signal });
  }

  /** @param {() => void} undo runs when the scope ends */
  add(undo) {
    if (this.closed) undo();
    else this.signal.addEventListener("abort", undo, { once: true });
  }

  /**
   * @param {() => void} work
   * @param {number} ms
   */
  every(work, ms) {
    const timer = setInterval(work, ms);
    this.add(() => clearInterval(timer));
  }

  close() {
    this.#end.abort();
  }
}
