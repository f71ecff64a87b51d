// The provider's window as it runs out under an open page: told by the minute, by the second at its end, and at the moment it
// is shut.

/** @import { Scope } from "../dom/scope.js" */

/** So near its end it is told by the second. */
const LAST_MS = 60_000;
/** No timer is exact: whoever comes a little early comes once more. */
const LEAST_MS = 30;

/**
 * @param {() => number} left milliseconds; zero or less where no window is open
 * @param {() => void} told what shows it
 * @param {Scope} scope
 * @returns {() => void} for when the window may have become another one
 */
export function countdown(left, told, scope) {
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    const rest = left();
    if (rest <= 0 || scope.closed) return;
    const step = rest > LAST_MS ? 60_000 : 1_000;
    // Just beyond the minute or second, or it would be told as the one before for as long again.
    timer = Number(setTimeout(tick, Math.max(LEAST_MS, (rest % step) + 1)));
  };
  const tick = () => {
    told();
    wait();
  };
  // A page that was asleep has missed its timers.
  scope.on(document, "visibilitychange", tick);
  scope.add(() => clearTimeout(timer));
  return wait;
}
