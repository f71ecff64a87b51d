// The panel beside the phones: tabs for webhooks, calls, faults, people and set-up.
// Each tab renders itself; this file only switches between them.

import { el, fill } from "./dom.js";
import { account } from "./account.js";
import { calls, webhooks } from "./log.js";
import { faults } from "./faults.js";
import { people } from "./people.js";
import { on } from "./store.js";

const TABS = [
  { id: "webhooks", label: "Webhooks", make: webhooks, kinds: ["delivery"] },
  { id: "calls", label: "API calls", make: calls, kinds: ["journal"] },
  { id: "faults", label: "Faults", make: faults, kinds: ["faults"] },
  { id: "people", label: "People", make: people, kinds: ["person"] },
  { id: "account", label: "Set-up", make: account, kinds: [] },
];

export function panel(root) {
  const body = el("div", { class: "tab-body", role: "tabpanel", id: "tab-body" });
  const buttons = TABS.map((tab) =>
    el(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${tab.id}`,
        testid: `tab-${tab.id}`,
        "aria-controls": "tab-body",
        onclick: () => open(tab),
      },
      tab.label,
    ),
  );
  const list = el("div", { class: "tabs", role: "tablist", "aria-label": "Panel" }, ...buttons);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (TABS.indexOf(current) + step + TABS.length) % TABS.length;
    open(TABS[next]);
    buttons[next].focus();
  });
  fill(root, list, body);

  let current;
  let waiting = false;

  function open(tab) {
    current = tab;
    buttons.forEach((button, at) => {
      const chosen = TABS[at] === tab;
      button.setAttribute("aria-selected", String(chosen));
      button.setAttribute("tabindex", chosen ? "0" : "-1");
    });
    body.setAttribute("aria-labelledby", `tab-${tab.id}`);
    fill(body);
    tab.make(body);
  }

  /** Many changes in one moment cost one rendering. */
  function refresh() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      // Whoever is typing or choosing in the panel is not interrupted.
      if (body.contains(document.activeElement) && document.activeElement.matches("input, select, textarea"))
        return;
      const { scrollTop } = body;
      current.make(body);
      body.scrollTop = scrollTop;
    });
  }

  open(TABS[0]);
  for (const kind of new Set(TABS.flatMap((tab) => tab.kinds)))
    on(kind, () => current.kinds.includes(kind) && refresh());
  on("reset", refresh);
}
