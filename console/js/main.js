// The beginning: puts the page together and starts it, or shows the way in.

import { App } from "./app.js";
import { Failure } from "./data/api.js";
import { find } from "./dom/el.js";
import { gate } from "./page/gate.js";
import { frame } from "./page/frame.js";
import { shortcuts } from "./nav/shortcuts.js";

async function main() {
  const app = new App();
  const host = find("#app");
  if (app.router.current.name === "login") {
    // The secret stands in the fragment, which no server log sees; it is gone from the address before it is used.
    const link = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
    await gate(app, { link });
    app.router.go("", { replace: true });
  }
  try {
    await begin(app, host);
  } catch (error) {
    if (!(error instanceof Failure) || error.status !== 401) throw error;
    await gate(app, {});
    await begin(app, host);
  }
}

/**
 * @param {App} app
 * @param {HTMLElement} host
 */
async function begin(app, host) {
  if (!host.firstElementChild) {
    frame(app, host);
    shortcuts(app);
  }
  for (;;) {
    try {
      return await app.start();
    } catch (error) {
      if (error instanceof Failure && error.status === 401) throw error;
      // Whatever else it is, it passes: the server may just be starting.
      app.store.setConnection({ state: "waiting", nextTryAt: Date.now() + 2000 });
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

void main();
