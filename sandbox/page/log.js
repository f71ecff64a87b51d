// Two logs: webhooks with their attempts, and calls to the messages endpoint with their answers.
// Bodies are fetched when a row is opened, and shown as the exact text that was signed.

import { get, post } from "./api.js";
import { el, fill, icon, toast } from "./dom.js";
import { state } from "./store.js";
import { preview, seconds } from "./text.js";

const WORDS = {
  waiting: "waiting",
  held: "held",
  sending: "sending",
  retrying: "will retry",
  delivered: "delivered",
  given_up: "given up",
  dropped: "dropped",
  no_receiver: "no receiver",
};

/** Rows that are open stay open when the log moves on. */
const open = new Set();

export function webhooks(body) {
  const all = [...state.deliveries.values()].toReversed().slice(0, 150);
  if (all.length === 0) {
    fill(body, hint("No webhook yet. Write on a phone, or send a message through the API."));
    return;
  }
  const waiting = all.filter((delivery) => ["retrying", "held", "sending"].includes(delivery.stage)).length;
  fill(
    body,
    el("p", { class: "sum" }, `${state.deliveries.size} webhooks`, waiting ? `, ${waiting} under way` : ""),
    state.account.app_callback
      ? null
      : hint("No callback URL is set: webhooks are only logged. Set-up has the form."),
    el("ul", { class: "log", testid: "delivery-log" }, ...all.map(delivery)),
  );
}

function delivery(entry) {
  const who = state.people.get(entry.person)?.name ?? "";
  const about = entry.messages
    .map((id) => state.messages.get(id))
    .filter(Boolean)
    .map(preview)
    .join(" / ");
  const last = entry.attempts.at(-1);
  const tone =
    { delivered: "good", retrying: "warn", held: "warn", given_up: "bad", dropped: "bad", no_receiver: "" }[
      entry.stage
    ] ?? "";
  const answer = last?.http ?? last?.error ?? "";
  return row(
    `delivery-${entry.id}`,
    [
      el("time", {}, seconds(entry.created_ms)),
      el(
        "span",
        { class: "what" },
        el("strong", {}, entry.summary),
        el("small", {}, [who || entry.field, about].filter(Boolean).join(" · ")),
      ),
      el(
        "span",
        { class: `pill ${tone}` },
        entry.stage === "delivered" ? String(answer) : WORDS[entry.stage],
      ),
    ],
    (details) => deliveryDetails(details, entry),
    { testid: "delivery", data: { stage: entry.stage } },
  );
}

async function deliveryDetails(details, entry) {
  const again = el(
    "button",
    { type: "button", testid: "redeliver", onclick: () => post(`/deliveries/${entry.id}/redeliver`) },
    icon("redo"),
    "Redeliver",
  );
  fill(
    details,
    entry.note ? el("p", { class: "note" }, entry.note) : null,
    el("p", {}, entry.url ?? "no callback URL"),
    el("ol", { class: "attempts" }, ...entry.attempts.map(attempt)),
    entry.next_ms && entry.stage === "retrying"
      ? el("p", {}, `next attempt ${seconds(entry.next_ms)}`)
      : null,
    el(
      "p",
      { class: "row-actions" },
      again,
      copyButton(async () => (await get(`/deliveries/${entry.id}`)).body),
    ),
  );
  const full = await get(`/deliveries/${entry.id}`);
  if (full) details.append(el("pre", { tabindex: "0", "aria-label": "Body" }, pretty(full.body)));
}

const attempt = (one) =>
  el(
    "li",
    {},
    el("time", {}, seconds(one.at_ms)),
    el("span", { class: one.http === 200 ? "good" : "bad" }, one.http ?? one.error ?? "?"),
    one.wrong_signature ? el("em", {}, "wrong signature") : null,
    el("small", {}, `${one.took_ms} ms`),
  );

export function calls(body) {
  const all = state.journal.slice(0, 150);
  if (all.length === 0) {
    fill(body, hint("No call yet. POST a message to the Graph API; Set-up shows address and token."));
    return;
  }
  fill(
    body,
    el("p", { class: "sum" }, `${state.journal.length} calls to messages`),
    el("ul", { class: "log", testid: "call-log" }, ...all.map(sent)),
  );
}

function sent(entry) {
  const { request, response } = entry;
  const kind = request.status
    ? request.typing_indicator
      ? "read + typing"
      : "read"
    : (request.type ?? "text");
  const who = state.people.get(entry.person)?.name ?? request.to ?? request.recipient ?? "";
  const good = entry.http === 200;
  return row(
    `call-${entry.id}`,
    [
      el("time", {}, seconds(entry.at_ms)),
      el(
        "span",
        { class: "what" },
        el("strong", {}, kind),
        el("small", {}, good ? who : (response?.error?.message ?? who)),
      ),
      el(
        "span",
        { class: `pill ${good ? "good" : "bad"}` },
        entry.fault ? `${entry.http} · ${entry.fault}` : String(entry.http),
      ),
    ],
    (details) =>
      fill(
        details,
        el("h4", {}, "Request"),
        el("pre", { tabindex: "0" }, JSON.stringify(request, null, 2)),
        el("h4", {}, "Answer"),
        el("pre", { tabindex: "0" }, JSON.stringify(response, null, 2)),
      ),
    { testid: "call" },
  );
}

function row(id, summary, show, attributes) {
  const details = el("div", { class: "details" });
  const node = el("details", { open: open.has(id), ...attributes }, el("summary", {}, ...summary), details);
  node.addEventListener("toggle", () => {
    if (!node.open) return open.delete(id);
    open.add(id);
    if (!details.hasChildNodes()) show(details);
  });
  if (open.has(id)) show(details);
  return el("li", {}, node);
}

export const hint = (text) => el("p", { class: "hint" }, text);

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function copyButton(read) {
  const copy = async () => {
    await navigator.clipboard?.writeText(await read());
    toast("Copied");
  };
  return el("button", { type: "button", onclick: copy }, icon("file"), "Copy body");
}
