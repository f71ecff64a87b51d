// What the page knows: loaded once, then kept up to date by server-sent events.
// It changes only by what the server says, never by what the page hopes.

import { load } from "./api.js";

export const state = {
  now: 0,
  at: 0,
  account: {},
  people: new Map(),
  messages: new Map(),
  deliveries: new Map(),
  journal: [],
  faults: [],
  templates: [],
  typing: new Set(),
};

const listeners = new Map();
const KEPT = 400;

/** Calls `listener` on every change of a kind: reset, person, message, delivery, journal, faults, account, clock, live. */
export function on(kind, listener) {
  if (!listeners.has(kind)) listeners.set(kind, []);
  listeners.get(kind).push(listener);
}

function emit(kind, detail) {
  for (const listener of listeners.get(kind) ?? []) listener(detail);
}

/** Sandbox time: it runs with ours from what the server last said. */
export const now = () => state.now + (Date.now() - state.at);

function setClock(ms) {
  state.now = ms;
  state.at = Date.now();
  emit("clock");
}

let loading = false;
let again = false;
let queue = [];
/** Number of the last change the loaded state already holds. */
let seen = 0;

/** Loads everything; what is told meanwhile waits, and what the load already holds is dropped. */
async function reload() {
  again = true;
  if (loading) return;
  loading = true;
  try {
    let all;
    while (again) {
      again = false;
      all = await load();
    }
    take(all);
    loading = false;
    const waiting = queue;
    queue = [];
    waiting.forEach(handle);
  } finally {
    loading = false;
  }
}

function take(all) {
  seen = all.number;
  state.account = all.account;
  state.people = new Map(all.people.map((person) => [person.id, person]));
  state.messages = new Map(all.messages.map((message) => [message.id, message]));
  state.deliveries = new Map(all.deliveries.toReversed().map((delivery) => [delivery.id, delivery]));
  state.journal = all.journal;
  state.faults = all.faults;
  state.templates = all.templates;
  setClock(all.now_ms);
  emit("reset");
}

const handlers = {
  hello() {
    // A stream that opens again may come from a sandbox that counts anew.
    seen = 0;
    return reload();
  },
  reset: () => reload(),
  clock: (news) => setClock(news.now_ms),
  account: () => reload(),
  person(news) {
    state.people.set(news.person.id, news.person);
    emit("person", news.person);
  },
  person_gone: () => reload(),
  person_typing() {},
  message(news) {
    state.messages.set(news.message.id, news.message);
    emit("message", news.message);
  },
  delivery(news) {
    state.deliveries.set(news.delivery.id, news.delivery);
    while (state.deliveries.size > KEPT) state.deliveries.delete(state.deliveries.keys().next().value);
    emit("delivery", news.delivery);
  },
  journal(news) {
    state.journal.unshift(news.entry);
    state.journal.length = Math.min(state.journal.length, KEPT);
    emit("journal", news.entry);
  },
  faults(news) {
    state.faults = news.faults;
    emit("faults");
  },
};

const whole = (news) => ["hello", "reset", "account", "person_gone"].includes(news.type);

function handle(news) {
  if (news.number <= seen) return;
  if (loading && !whole(news)) queue.push(news);
  else Promise.resolve(handlers[news.type]?.(news)).catch(() => emit("live", "reconnecting"));
}

/** Opens the stream; the browser opens it again by itself when it breaks. */
export function start() {
  const source = new EventSource("/sandbox/events");
  source.onopen = () => emit("live", "live");
  source.onerror = () => emit("live", "reconnecting");
  source.onmessage = (event) => handle(JSON.parse(event.data));
}

/** Messages a person can see on their phone, in the order they came to it. */
export function thread(person) {
  return [...state.messages.values()]
    .filter((message) => message.person === person && shown(message))
    .sort(earlier);
}

export const shown = (message) => message.on_phone && message.kind !== "reaction";

/** When it appeared on the phone. */
export function appeared(message) {
  if (message.direction === "in") return message.at_ms;
  return (message.history.find(([step]) => step === "delivered" || step === "read") ?? [0, message.at_ms])[1];
}

const earlier = (a, b) => appeared(a) - appeared(b) || a.seq - b.seq;
