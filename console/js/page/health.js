// How the house is: each channel's last word in and out and what is wrong with it, the queues, and deliveries that failed.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { Failure } from "../data/api.js";
import { el, fill, said } from "../dom/el.js";
import { toast } from "../dom/toast.js";
import { address, channelName, reasonWords, troubleWords } from "../text/names.js";
import { dateAndTime, since, span } from "../text/time.js";
import { number, t } from "../text/words.js";
import { nothing, page, reading, table } from "./page.js";

const EVERY_MS = 15_000;

/**
 * @param {App} app
 * @param {Scope} scope
 */
export function healthPage(app, scope) {
  const { node, body } = page(t("nav_health"));
  const channels = el("div");
  const queues = el("div");
  const failed = el("div");
  const part = (/** @type {string} */ title, /** @type {Node} */ place) => el("section", { class: "panel" }, el("h2", {}, title), place);
  fill(body, el("div", { class: "columns" }, part(t("channels"), channels), part(t("queues"), queues)), el("h2", { class: "inline-form" }, t("failed_deliveries")), failed);
  const runs = [
    reading(app, scope, channels, () => app.api.get("/channels/health"), drawChannels, ["scope:channel"]),
    reading(app, scope, queues, plainStatus, drawQueues),
    reading(app, scope, failed, () => app.api.get("/deliveries", { state: "failed", limit: 100 }), (told) => drawFailed(app, told, () => void runs[2]?.())),
  ];
  scope.every(() => runs.forEach((run) => void run()), EVERY_MS);
  return node;
}

/** The counts that everybody may read. */
async function plainStatus() {
  const answer = await fetch("/queue/status", { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Failure(answer.status, {});
  return answer.json();
}

/** @param {any} told */
function drawChannels(told) {
  if (told.items.length === 0) return el("p", { class: "faint" }, t("no_channels"));
  return told.items.map((/** @type {any} */ channel) => {
    const trouble = channel.trouble ? { ...channel.trouble, since: channel.last_inbound_at } : null;
    const tone = !trouble ? "good" : trouble.code === "silent" ? "warn" : "bad";
    const last = (/** @type {string | null} */ at, /** @type {"last_inbound" | "last_outbound"} */ key) => el("span", { class: "soft", title: at ? dateAndTime(at) : null }, at ? t(key, { span: since(at) }) : t("never"));
    const words = trouble ? troubleWords(trouble) : null;
    return el("div", { class: "state-line" }, el("span", { class: `dot ${tone}`, role: "img", "aria-label": t(tone === "good" ? "fine" : tone === "warn" ? "silent" : "in_trouble") }), el("b", {}, channelName(channel.name)), last(channel.last_inbound_at, "last_inbound"), last(channel.last_outbound_at, "last_outbound"), channel.failed_lately > 0 ? el("span", { class: "chip bad" }, t("failed_lately", { count: channel.failed_lately })) : null, words ? el("p", { class: tone === "bad" ? "bad" : "soft" }, words) : null);
  });
}

/** @param {any} told */
function drawQueues(told) {
  const rows = /** @type {const} */ (["inbox", "outbox"]).map((name) => {
    const queue = told[name] ?? {};
    return [t(`queue_${name}`), number(queue.pending ?? 0), number(queue.leased ?? 0), number(queue.dead ?? 0), queue.oldest_age_ms ? span(queue.oldest_age_ms) : "–"];
  });
  const turns = told.turns ?? {};
  return [
    table([t("queue"), t("queue_pending"), t("queue_leased"), t("queue_dead"), t("queue_oldest")], rows, { numbers: [1, 2, 3, 4], label: t("queues") }),
    el("p", { class: "soft" }, t("queue_turns", { due: turns.due ?? 0, running: turns.running ?? 0, parked: turns.parked ?? 0 })),
  ];
}

/**
 * @param {App} app
 * @param {any} told
 * @param {() => void} again
 */
function drawFailed(app, told, again) {
  if (told.items.length === 0) return nothing("check", t("no_failed"), t("no_failed_words"));
  const rows = told.items.map((/** @type {any} */ one) => {
    const retry = el("button", { type: "button" }, t("retry"));
    retry.hidden = !app.store.may("queue.retry");
    retry.addEventListener("click", async () => {
      retry.disabled = true;
      try {
        await app.api.post(`/queue/outbox/${one.id}/retry`, {});
        toast(t("retried"));
        app.staleHealth();
      } catch (error) {
        toast(error instanceof Failure ? error.words : t("problem_server"));
      }
      again();
    });
    const to = el("a", { href: `/console/conversations/${one.thread_id}${one.message_id ? `#message-${one.message_id}` : ""}` }, said(one.name ?? address(one.address)));
    const reason = reasonWords(one.reason);
    return [to, said(one.preview), el("span", { class: "bad" }, reason), number(one.attempts), dateAndTime(one.at), retry];
  });
  return table([t("person"), t("message"), t("reason"), t("attempts"), t("date"), t("verbs")], rows, { numbers: [3], label: t("failed_deliveries") });
}
