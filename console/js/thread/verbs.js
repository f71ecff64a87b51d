// Verbs of a thread that ask something first: until when, with which labels.

/** @import { App } from "../app.js" */
/** @import { Thread } from "../data/shapes.js" */
/** @import { Item } from "../dom/menu.js" */

import { openDialog } from "../dom/dialog.js";
import { el, fill } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { openMenu } from "../dom/menu.js";
import { dateAndTime, forInput } from "../text/time.js";
import { t } from "../text/words.js";

/** @param {number} days @param {number} hour */
function at(days, hour) {
  const moment = new Date();
  moment.setDate(moment.getDate() + days);
  moment.setHours(hour, 0, 0, 0);
  return moment;
}

/**
 * @param {App} app
 * @param {HTMLElement} anchor
 * @param {Thread} thread
 */
export function snoozeMenu(app, anchor, thread) {
  const now = new Date();
  const monday = ((8 - now.getDay()) % 7) || 7;
  const inTwoHours = new Date(Date.now() + 2 * 3_600_000);
  /** @type {[string, Date][]} */
  const times = [[t("snooze_hours"), inTwoHours], [t("snooze_tomorrow"), at(1, 8)], [t("snooze_monday"), at(monday, 8)]];
  /** @type {Item[]} */
  const items = times.map(([label, moment]) => ({ label, keys: dateAndTime(moment.getTime()), run: () => void app.actions.snooze(thread, moment, dateAndTime(moment.getTime())) }));
  const other = { label: t("snooze_other"), icon: "clock", run: () => askTime(app, thread) };
  const end = { label: t("reopen"), icon: "retry", run: () => void app.actions.reopen(thread) };
  openMenu(anchor, [...items, "line", other, ...(thread.status === "snoozed" ? [end] : [])], t("snooze"));
}

/**
 * @param {App} app
 * @param {Thread} thread
 */
function askTime(app, thread) {
  const field = el("input", { type: "datetime-local", value: forInput(at(1, 8)), min: forInput(new Date()), required: true });
  const save = el("button", { type: "submit", class: "primary" }, t("snooze"));
  const form = el("form", { class: "inline-form" }, el("label", { class: "field" }, t("snooze_until"), field), save);
  const { close } = openDialog({ title: t("snooze"), content: [form] });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const moment = new Date(field.value);
    if (moment.getTime() <= Date.now()) return;
    close();
    void app.actions.snooze(thread, moment, dateAndTime(moment.getTime()));
  });
}

/**
 * @param {App} app
 * @param {Thread} thread
 */
export function labelDialog(app, thread) {
  const known = new Set([...app.store.threads.values()].flatMap((one) => one.labels));
  const chosen = new Set(thread.labels);
  const list = el("div", { class: "items" });
  const field = el("input", { type: "text", maxlength: "40", placeholder: t("label_new"), "aria-label": t("label_new") });
  const draw = () =>
    fill(list, [...known].sort().map((label) => {
      const box = el("input", { type: "checkbox", data: { focus: `label-${label}` } });
      box.checked = chosen.has(label);
      box.addEventListener("change", () => (box.checked ? chosen.add(label) : chosen.delete(label)));
      return el("label", { class: "row" }, box, label);
    }));
  const add = () => {
    const label = field.value.trim();
    if (label === "") return;
    known.add(label);
    chosen.add(label);
    field.value = "";
    draw();
  };
  const plus = el("button", { type: "button", class: "square", "aria-label": t("add") }, icon("plus"));
  const save = el("button", { type: "submit", class: "primary" }, t("save"));
  const form = el("form", { class: "inline-form" }, list, el("div", { class: "row" }, field, plus), save);
  const { close } = openDialog({ title: t("labels"), content: [form] });
  plus.addEventListener("click", add);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || field.value.trim() === "") return;
    event.preventDefault();
    add();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    add();
    close();
    const labels = [...chosen];
    void app.actions.patch(thread, { labels }, { labels });
  });
  draw();
  field.focus();
}
