// People: who has a phone here, and adding or removing one.
// Habits of a phone are changed on the phone itself.

import { act, post, remove } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { state } from "./store.js";
import { phoneNumber } from "./text.js";

export function people(body) {
  const form = el(
    "form",
    { class: "form", testid: "person-form", onsubmit: add },
    el("h3", {}, "Another phone"),
    el(
      "div",
      { class: "pair" },
      input("name", "Name", true),
      input("phone", "Number", false, "+49 171 39200 55"),
    ),
    el(
      "div",
      { class: "pair" },
      input("username", "Username (hides the number)"),
      input("id", "Short name for tests"),
    ),
    el("button", { type: "submit", class: "primary" }, "Add"),
  );
  fill(body, el("ul", { class: "rules" }, ...[...state.people.values()].map(person)), form);
}

function input(name, label, required = false, placeholder = "") {
  return el("label", {}, el("span", {}, label), el("input", { name, required, placeholder }));
}

function person(one) {
  const gone = () => remove(`/people/${one.id}`);
  const moved = () =>
    act(one.id, "change-number", { phone: String(Number(one.phone ?? "491713920050") + 1) });
  return el(
    "li",
    {},
    el(
      "span",
      {},
      el("strong", {}, one.name),
      el("small", {}, [one.id, phoneNumber(one.phone), one.user_id].join(" · ")),
    ),
    el("button", { type: "button", title: "A new number, with its webhooks", onclick: moved }, "New number"),
    el(
      "button",
      { type: "button", class: "plain", "aria-label": `Remove ${one.name}`, onclick: gone },
      icon("close"),
    ),
  );
}

function add(event) {
  event.preventDefault();
  const given = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value !== ""));
  given.id ||=
    given.name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-|-$/g, "") || "person";
  document.activeElement?.blur();
  post("/people", given);
}
