// Set-up: what a client needs to know, where webhooks go, templates, and the switches.
// Secrets shown here are the sandbox's own and open nothing else.

import { get, patch, post } from "./api.js";
import { el, fill, toast } from "./dom.js";
import { state } from "./store.js";

const STATES = ["APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED"];

export async function account(body) {
  const { account: own } = state;
  const switches = (await get("/switches")) ?? {};
  const values = [
    ["Base URL", location.origin],
    ["Phone number ID", own.phone_number_id],
    ["Business account ID", own.waba_id],
    ["App ID", own.app_id],
    ["Access token", own.access_token],
    ["App secret", own.app_secret],
  ];
  fill(
    body,
    el("h3", {}, "For your client"),
    el(
      "dl",
      { class: "values" },
      ...values.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, copyable(value))]),
    ),
    webhook(own),
    el("h3", {}, "Account"),
    el(
      "div",
      { class: "pair" },
      choose("Quality", ["GREEN", "YELLOW", "RED"], own.quality_rating, (value) =>
        patch("/account", { quality_rating: value }),
      ),
      choose(
        "Blocked with",
        ["none", "131031", "131042", "368"],
        String(own.blocked_code ?? "none"),
        (value) => patch("/account", { blocked_code: value === "none" ? null : Number(value) }),
      ),
    ),
    el("h3", {}, "Templates"),
    el("ul", { class: "rules" }, ...state.templates.map(template)),
    el("h3", {}, "Switches"),
    el(
      "div",
      { class: "switches" },
      ...Object.entries(switches).map(([name, value]) => control(name, value)),
    ),
    el(
      "p",
      { class: "row-actions" },
      el("button", { type: "button", class: "danger", onclick: reset }, "Start over"),
    ),
  );
}

function copyable(value = "") {
  const copy = async () => {
    await navigator.clipboard?.writeText(value);
    toast("Copied");
  };
  return el("button", { type: "button", class: "copy", title: "Copy", onclick: copy }, value);
}

function webhook(own) {
  const form = el(
    "form",
    { class: "form", testid: "webhook-form" },
    el("h3", {}, "Webhook"),
    el(
      "label",
      {},
      el("span", {}, "Callback URL"),
      el("input", {
        name: "url",
        type: "url",
        value: own.app_callback?.url ?? "",
        placeholder: "http://127.0.0.1:8010/whatsapp/webhook",
      }),
    ),
    el(
      "label",
      {},
      el("span", {}, "Verify token"),
      el("input", { name: "verify_token", value: own.app_callback?.verify_token ?? "" }),
    ),
    el("button", { type: "submit", class: "primary" }, "Verify and save"),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    document.activeElement?.blur();
    if (await post("/webhook", { ...given, handshake: true })) toast("Callback verified");
  });
  return form;
}

function choose(label, options, value, run) {
  const list = el(
    "select",
    {},
    ...options.map((one) => el("option", { value: one, selected: one === value }, one)),
  );
  list.addEventListener("change", () => {
    list.blur();
    run(list.value);
  });
  return el("label", {}, el("span", {}, label), list);
}

function template(one) {
  return el(
    "li",
    {},
    el(
      "span",
      {},
      el("strong", {}, one.name),
      el("small", {}, `${one.language} · ${one.category.toLowerCase()}`),
    ),
    choose("State", [...new Set([...STATES, one.status])], one.status, (status) =>
      post(`/templates/${one.id}/status`, { status }),
    ),
  );
}

function control(name, value) {
  const set = (next) => patch("/switches", { [name]: next });
  const label = name.replaceAll("_", " ");
  if (typeof value === "boolean") {
    return el(
      "label",
      { class: "check" },
      el("input", { type: "checkbox", checked: value, onchange: (event) => set(event.target.checked) }),
      el("span", {}, label),
    );
  }
  const read = (text) => (typeof value === "number" ? Number(text) : text);
  return el(
    "label",
    {},
    el("span", {}, label),
    el("input", { value: String(value), onchange: (event) => set(read(event.target.value)) }),
  );
}

const reset = () => post("/reset");
