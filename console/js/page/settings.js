// Settings: the house's, typed as the server tells them, with secrets that are only ever written; one's own on this
// device; who works here; where one is logged in.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { Failure } from "../data/api.js";
import { el, fill } from "../dom/el.js";
import { toast } from "../dom/toast.js";
import { allCanned } from "../thread/canned.js";
import { preferences } from "../thread/preferences.js";
import { maybe, t } from "../text/words.js";
import { page, reading } from "./page.js";
import { usersPanel, sessionsPanel } from "./users.js";

/**
 * @param {App} app
 * @param {Scope} scope
 */
export function settingsPage(app, scope) {
  const { node, body } = page(t("nav_settings"), { narrow: true });
  const house = el("div");
  fill(body, el("h2", {}, t("settings_own")), own(app), el("h2", { class: "inline-form" }, t("settings_sessions")), sessionsPanel(app, scope), el("h2", { class: "inline-form" }, t("settings_users")), usersPanel(app, scope), el("h2", { class: "inline-form" }, t("settings_house")), house);
  const run = reading(app, scope, house, () => app.api.get("/settings"), (told) => groups(app, told, () => void run()), ["scope:setting"]);
  return node;
}

/** What is kept on this device. @param {App} app */
function own(app) {
  const enter = el("input", { type: "checkbox", id: "enter-sends" });
  enter.checked = preferences.enterSends;
  enter.addEventListener("change", () => (preferences.enterSends = enter.checked));
  const name = el("input", { type: "text", required: true, maxlength: "40", placeholder: t("canned_name"), "aria-label": t("canned_name") });
  const text = el("input", { type: "text", required: true, maxlength: "1000", placeholder: t("canned_text"), "aria-label": t("canned_text") });
  const list = el("div", { class: "items" });
  const draw = async () => {
    const kept = await app.shelf.all("canned").catch(() => new Map());
    const all = await allCanned(app);
    fill(list, all.map((one) => {
      const drop = el("button", { type: "button", class: "quiet" }, t("delete"));
      drop.addEventListener("click", () => void app.shelf.put("canned", one.name, undefined).then(draw));
      return el("div", { class: "item" }, el("div", { class: "grow" }, el("b", {}, `/${one.name}`), el("span", { class: "soft" }, one.text)), kept.has(one.name) ? drop : null);
    }));
  };
  const form = el("form", { class: "row wrap" }, name, text, el("button", { type: "submit" }, t("add")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const key = name.value.trim().replace(/^\//, "");
    void app.shelf.put("canned", key, text.value.trim()).then(draw);
    form.reset();
  });
  void draw();
  return el("div", { class: "panel" }, el("label", { class: "row", for: "enter-sends" }, enter, t("enter_sends")), el("h3", {}, t("canned")), el("p", { class: "faint" }, t("canned_words")), list, form);
}

/**
 * The settings in groups, whatever they are: the server says their kinds.
 * @param {App} app
 * @param {any} told
 * @param {() => void} again
 */
function groups(app, told, again) {
  /** @type {any[]} */
  const items = told.items ?? Object.entries(told.settings ?? told).map(([key, value]) => (value && typeof value === "object" && !Array.isArray(value) ? { key, ...value } : { key, value }));
  /** @type {Map<string, any[]>} */
  const grouped = new Map();
  for (const item of items) {
    if (typeof item.key !== "string" || item.key === "as_of_seq") continue;
    const group = item.group ?? item.key.split(".")[0] ?? "";
    grouped.set(group, [...(grouped.get(group) ?? []), item]);
  }
  return [...grouped].map(([group, settings]) => el("section", { class: "inline-form", "aria-label": group }, el("h3", {}, maybe(`settings_${group}`) ?? group), settings.map((one) => setting(app, one, again))));
}

/**
 * @param {App} app
 * @param {any} one
 * @param {() => void} again
 */
function setting(app, one, again) {
  const id = `setting-${one.key}`;
  const secret = one.secret ?? one.kind === "secret";
  const field = input(one, secret, id);
  const may = app.store.may("settings.edit") && !one.read_only;
  field.disabled = !may;
  const save = el("button", { type: "submit", hidden: true }, t("save"));
  const value = () => {
    if (field instanceof HTMLInputElement && field.type === "checkbox") return field.checked;
    if (field instanceof HTMLInputElement && field.type === "number") return Number(field.value);
    return Array.isArray(one.value) ? field.value.split(",").map((part) => part.trim()).filter(Boolean) : field.value;
  };
  field.addEventListener("input", () => (save.hidden = !may));
  const hints = [one.description, one.restart ? t("needs_restart") : null].filter(Boolean).join(" ");
  const form = el("form", { class: "setting" }, el("div", {}, el("label", { for: id }, maybe(`setting_${one.key}`) ?? one.title ?? one.key), hints ? el("p", {}, hints) : null), el("div", { class: "row" }, field, save));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await app.api.patch("/settings", { [one.key]: value() });
      toast(t("saved"));
      again();
    } catch (error) {
      toast(error instanceof Failure ? error.words : t("problem_server"));
    }
  });
  return form;
}

/**
 * @param {any} one
 * @param {boolean} secret
 * @param {string} id
 */
function input(one, secret, id) {
  const choices = one.choices ?? one.options ?? one.enum;
  if (Array.isArray(choices)) {
    const select = el("select", { id }, choices.map((/** @type {any} */ choice) => el("option", { value: choice.value ?? choice }, choice.title ?? choice)));
    select.value = String(one.value ?? "");
    return select;
  }
  if (typeof one.value === "boolean") {
    const box = el("input", { type: "checkbox", id });
    box.checked = one.value;
    return box;
  }
  const kind = secret ? "password" : typeof one.value === "number" ? "number" : "text";
  // A secret that is set shows its end only, as a hint; writing replaces it.
  const shown = secret ? { placeholder: one.masked ?? one.value ?? t("secret_unset"), autocomplete: "new-password" } : { value: Array.isArray(one.value) ? one.value.join(", ") : (one.value ?? "") };
  return el("input", { type: kind, id, step: kind === "number" ? "any" : null, ...shown });
}
