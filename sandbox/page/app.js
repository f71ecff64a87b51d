// The page's start: header, clock, theme, phones and panel put together.
// It holds no state of its own beyond which theme was chosen.

import { post } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { panel } from "./panel.js";
import { Phone } from "./phone.js";
import { now, on, start, state } from "./store.js";
import { full } from "./text.js";

const phones = new Map();
const shelf = document.getElementById("phones");

function arrange() {
  for (const [id, phone] of phones) {
    if (!state.people.has(id)) {
      phone.element.remove();
      phones.delete(id);
    }
  }
  const order = [...state.people.values()].sort((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id));
  for (const person of order) {
    if (!phones.has(person.id)) phones.set(person.id, new Phone(person.id));
    const phone = phones.get(person.id);
    if (phone.element.parentNode !== shelf) shelf.append(phone.element);
    phone.render();
  }
}

// The two people of the demo stand first, in the order of the story.
const rank = (person) =>
  ["technician", "office"].indexOf(person.id) + (["technician", "office"].includes(person.id) ? 0 : 10);

on("reset", () => {
  const { account } = state;
  fill(
    document.getElementById("business"),
    el("strong", {}, account.verified_name),
    ` ${account.display_phone_number}`,
    el("span", { class: `quality ${account.quality_rating}` }, account.quality_rating.toLowerCase()),
  );
  arrange();
});
on("person", (person) => (phones.has(person.id) ? phones.get(person.id).header() : arrange()));
on("message", (message) => phones.get(message.person)?.message(message));
on("live", (word) => {
  const live = document.getElementById("live");
  live.textContent = word;
  live.dataset.word = word;
});

const clock = document.getElementById("clock");
const tick = () => {
  if (!state.at) return;
  clock.textContent = full(now());
  clock.dateTime = new Date(now()).toISOString();
  for (const phone of phones.values()) phone.tick();
};
on("clock", () => {
  tick();
  for (const phone of phones.values()) phone.header();
});
setInterval(tick, 1000);

fill(
  document.getElementById("jumps"),
  ...[
    ["+1 min", { minutes: 1 }, "Advance the clock by one minute"],
    ["+1 h", { hours: 1 }, "Advance the clock by one hour"],
    ["+24 h", { hours: 24 }, "Advance the clock by one day: service windows close"],
    ["+7 d", { days: 7 }, "Advance the clock by seven days: retries end, inbound media are gone"],
  ].map(([label, by, title]) =>
    el("button", { type: "button", title, onclick: () => post("/clock/advance", by) }, label),
  ),
);

const theme = document.getElementById("theme");
const dark = () => matchMedia("(prefers-color-scheme: dark)").matches;

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  fill(theme, icon(name === "dark" ? "sun" : "moon"));
  theme.setAttribute("aria-pressed", String(name === "dark"));
}

theme.addEventListener("click", () => {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem("sandbox-theme", next);
  setTheme(next);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (!localStorage.getItem("sandbox-theme")) setTheme(dark() ? "dark" : "light");
});
setTheme(localStorage.getItem("sandbox-theme") ?? (dark() ? "dark" : "light"));

panel(document.getElementById("panel"));
start();
