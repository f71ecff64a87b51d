// The faults panel: choose what goes wrong, when, and for whom; see what is armed and how often it struck.
// It only writes rules; the sandbox decides when they fire.

import { post, remove } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { hint } from "./log.js";
import { state } from "./store.js";

/** Each fault with the target it belongs to and the fields it takes. */
const FAULTS = [
  [
    "Webhooks",
    [
      ["Duplicate", "webhook", { kind: "duplicate", copies: 1 }, "The same bytes again"],
      [
        "Batch of three",
        "webhook",
        { kind: "batch", size: 3, shape: "items", wait_ms: 5000 },
        "Several updates in one POST",
      ],
      ["Out of order", "webhook", { kind: "reorder", wait_ms: 5000 }, "Comes after the next one"],
      ["Late by a minute", "webhook", { kind: "delay", ms: 60_000 }, "Arrives, but not soon"],
      ["Lost, then retried", "webhook", { kind: "lose", times: 1 }, "The first attempt never arrives"],
      [
        "Wrong signature",
        "webhook",
        { kind: "wrong_signature", times: 1 },
        "First attempt signed with another secret",
      ],
      ["Never sent", "webhook", { kind: "drop" }, "Lost for good"],
    ],
  ],
  [
    "Sends",
    [
      [
        "429 throughput",
        "send",
        { kind: "error", code: 130_429, retry_after_s: 5 },
        "130429 with Retry-After",
      ],
      ["Pair limit", "send", { kind: "error", code: 131_056 }, "131056"],
      ["500 unknown", "send", { kind: "error", code: 131_000 }, "131000"],
      ["503 bare", "send", { kind: "http", status: 503 }, "No JSON at all"],
      ["Hang", "send", { kind: "hang", ms: 30_000 }, "No answer, nothing done"],
      [
        "Accepted, answer lost",
        "send",
        { kind: "answer_lost", ms: 30_000 },
        "Done, but the caller never hears",
      ],
      ["Accepted, answer cut", "send", { kind: "answer_cut" }, "Done, and the connection breaks"],
      ["Accepted, never delivered", "send", { kind: "never_delivered" }, "An id, then silence"],
      ["Fails later (131026)", "send", { kind: "fail_later", code: 131_026 }, "An id, then a failed status"],
      ["Expired token", "graph", { kind: "expired_token" }, "190 / 463 on any call"],
    ],
  ],
  [
    "Media",
    [
      ["Gone", "media", { kind: "gone" }, "Cannot be resolved or fetched"],
      ["Upload fails", "upload", { kind: "error", code: 131_016 }, "503 on upload"],
    ],
  ],
];

const TARGETS = { webhook: ["webhook", "inbound", "status"], send: ["send", "receipt", "graph"] };
const choice = { at: "0/0", trigger: "next", count: 1, person: "", target: "" };

export function faults(body) {
  const [group, at] = choice.at.split("/").map(Number);
  const [, own, fault, about] = FAULTS[group][1][at];
  const targets = TARGETS[own] ?? [own];
  if (!targets.includes(choice.target)) choice.target = own;
  const form = el(
    "form",
    { class: "form fault-form", testid: "fault-form", onsubmit: (event) => arm(event, fault) },
    field("What", kinds(body)),
    el("p", { class: "note" }, about),
    el(
      "div",
      { class: "pair" },
      field(
        "When",
        select(
          "trigger",
          [
            ["next", "next"],
            ["every", "every"],
            ["always", "always"],
          ],
          body,
        ),
      ),
      choice.trigger === "always"
        ? null
        : field(choice.trigger === "next" ? "How many" : "Which one (n-th)", count()),
    ),
    el(
      "div",
      { class: "pair" },
      field(
        "Where",
        select(
          "target",
          targets.map((name) => [name, name]),
          body,
        ),
      ),
      field(
        "Whom",
        select(
          "person",
          [["", "everybody"], ...[...state.people.values()].map((person) => [person.id, person.name])],
          body,
        ),
      ),
    ),
    el("button", { type: "submit", class: "primary", testid: "fault-arm" }, "Arm"),
  );
  const rules = state.faults.length
    ? el("ul", { class: "rules", testid: "fault-rules" }, ...state.faults.map(rule))
    : hint("Nothing is armed: everything works.");
  const clear =
    state.faults.length > 1
      ? el("button", { type: "button", onclick: () => remove("/faults") }, "Disarm all")
      : null;
  fill(body, form, el("h3", {}, "Armed"), rules, clear);
}

const field = (label, control) => el("label", {}, el("span", {}, label), control);

function kinds(body) {
  const groups = FAULTS.map(([label, entries], group) =>
    el(
      "optgroup",
      { label },
      ...entries.map(([name], at) =>
        el("option", { value: `${group}/${at}`, selected: choice.at === `${group}/${at}` }, name),
      ),
    ),
  );
  return el(
    "select",
    { testid: "fault-kind", onchange: (event) => set("at", event.target.value, body) },
    ...groups,
  );
}

function select(name, options, body) {
  return el(
    "select",
    { testid: `fault-${name}`, onchange: (event) => set(name, event.target.value, body) },
    ...options.map(([value, label]) => el("option", { value, selected: choice[name] === value }, label)),
  );
}

function count() {
  return el("input", {
    type: "number",
    min: "1",
    max: "1000",
    value: String(choice.count),
    testid: "fault-count",
    oninput: (event) => (choice.count = Number(event.target.value)),
  });
}

function set(name, value, body) {
  choice[name] = value;
  if (name === "at") choice.target = "";
  faults(body);
  body.querySelector(`[data-testid="fault-${name === "at" ? "kind" : name}"]`)?.focus();
}

function arm(event, fault) {
  event.preventDefault();
  const trigger = choice.trigger === "always" ? "always" : { [choice.trigger]: Math.max(1, choice.count) };
  document.activeElement?.blur();
  post("/faults", { target: choice.target, trigger, fault, person: choice.person || undefined });
}

function rule(one) {
  const { kind, ...rest } = one.fault;
  const when = typeof one.trigger === "string" ? one.trigger : Object.entries(one.trigger).flat().join(" ");
  const details = Object.entries(rest)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${value}`);
  const name = kind.replaceAll("_", " ");
  return el(
    "li",
    {},
    el(
      "span",
      {},
      el("strong", {}, name),
      el(
        "small",
        {},
        [one.target, when, state.people.get(one.person)?.name, ...details].filter(Boolean).join(" · "),
      ),
    ),
    el("span", { class: `pill ${one.fired ? "warn" : ""}` }, `struck ${one.fired}`),
    el(
      "button",
      {
        type: "button",
        class: "plain",
        "aria-label": `Disarm ${name}`,
        onclick: () => remove(`/faults/${one.id}`),
      },
      icon("close"),
    ),
  );
}
