// How this person likes to write, on this device. No words of anybody's are kept here.

const KEY = "plumbline-preferences";

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

export const preferences = {
  /** Whether Enter sends; else Ctrl or Cmd and Enter. */
  get enterSends() {
    return read().enterSends ?? true;
  },

  set enterSends(value) {
    try {
      localStorage.setItem(KEY, JSON.stringify({ ...read(), enterSends: value }));
    } catch {
      // A private window forgets.
    }
  },
};
