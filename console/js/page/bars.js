// The bars at the top: no connection, a channel in trouble or silent. None covers anything; all go by themselves.

/** @import { App } from "../app.js" */

import { el, fill } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { channelName, troubleWords } from "../text/names.js";
import { t } from "../text/words.js";

/** A blink of the line is not worth a bar. */
const GRACE_MS = 1_500;
/** Silence is told by nobody: it is looked for. */
const LOOKS_MS = 5 * 60_000;

/** @param {App} app */
export function bars(app) {
  const line = el("div", { role: "status" });
  const troubles = el("div", { role: "status" });
  const node = el("div", { class: "bars" }, line, troubles);
  let since = 0;
  let ticking = 0;
  let shown = "";

  const words = () => {
    const { state, nextTryAt } = app.store.connection;
    if (state === "replaced") return t("bar_replaced");
    if (state === "offline" || !navigator.onLine) return t("bar_offline");
    const left = nextTryAt ? Math.ceil((nextTryAt - Date.now()) / 1000) : 0;
    return left > 0 ? t("bar_waiting", { seconds: left }) : t("bar_connecting");
  };

  const draw = () => {
    const { state } = app.store.connection;
    const fine = state === "live" || state === "stopped";
    if (fine) since = 0;
    else since ||= Date.now();
    const show = !fine && Date.now() - since >= GRACE_MS;
    clearTimeout(ticking);
    if (!fine) ticking = Number(setTimeout(draw, show ? 1000 : GRACE_MS));
    const wanted = show ? words() : "";
    if (wanted === shown) return;
    const known = shown !== "" && wanted !== "";
    shown = wanted;
    // Only the words change while it counts: the button under the pointer stays.
    const place = line.querySelector(".words");
    if (known && place) return void (place.textContent = wanted);
    if (!show) return void fill(line);
    const waiting = app.outbox.size;
    const again = el("button", { type: "button", onclick: () => app.live.retryNow() }, t("retry_now"));
    const kept = waiting > 0 ? t("bar_kept", { count: waiting }) : "";
    fill(line, el("div", { class: "bar" }, icon("retry", "small"), el("span", { class: "words" }, wanted), el("span", { class: "grow cut" }, kept), again));
  };

  const drawTroubles = () => {
    const lines = [...app.store.troubles].map(([name, trouble]) => {
      const mend = troubleWords(trouble);
      const link = el("a", { href: "/console/health" }, t("nav_health"));
      const tone = trouble.code === "silent" ? "" : "bad";
      return el("div", { class: `bar ${tone}`, data: { testid: `trouble-${trouble.code}` } }, icon("alert", "small"), el("b", {}, channelName(name)), el("span", { class: "grow" }, mend), link);
    });
    fill(troubles, lines);
  };
  app.store.on("connection", draw);
  app.store.on("health", drawTroubles);
  setInterval(() => app.store.me && app.staleHealth(), LOOKS_MS);
  return node;
}
