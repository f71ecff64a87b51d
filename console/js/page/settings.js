// Settings: the house's, typed as the server tells them, with secrets that are only ever written; one's own on this
// device; who works here; where one is logged in.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { Failure } from "../data/api.js";
import { el, fill } from "../dom/el.js";
import { toast } from "../dom/toast.js";
import { allCanned } from "../thread/canned.js";
import { preferences } from "../thread/preferences.js";
import { dateAndTime } from "../text/time.js";
import { maybe, t } from "../text/words.js";
import { auditPanel } from "./audit.js";
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
  if (app.store.may("audit.view")) body.append(el("h2", {}, t("audit")), auditPanel(app, scope));
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
 * The settings in groups, as they stand in the configuration.
 * @param {App} app
 * @param {{items: Setting[]}} told
 * @param {() => void} again
 */
function groups(app, told, again) {
  /** @type {Map<string, Setting[]>} */
  const grouped = new Map();
  for (const item of told.items) {
    const group = item.key.split(".")[0] ?? "";
    grouped.set(group, [...(grouped.get(group) ?? []), item]);
  }
  return [app.store.may("channel.manage") ? providerTest(app) : null, ...[...grouped].map(([group, settings]) => el("section", { class: "inline-form", "aria-label": maybe(`settings_${group}`) ?? group }, el("h3", {}, maybe(`settings_${group}`) ?? group), settings.map((one) => setting(app, one, again))))];
}

/**
 * @typedef {{key: string, secret: boolean, value: any, is_set: boolean, ends_in: string | null, origin: string, fixed_by: string | null,
 *   set_at: string | null, set_by: string | null, effective: string, trouble: string | null}} Setting
 */

/**
 * @param {App} app
 * @param {Setting} one
 * @param {() => void} again
 */
function setting(app, one, again) {
  const id = `setting-${one.key}`;
  const field = input(one, id);
  const may = app.store.may("settings.edit") && !one.fixed_by;
  field.disabled = !may;
  const save = el("button", { type: "submit", hidden: true }, t("save"));
  const reset = el("button", { type: "button", class: "quiet", hidden: !may || one.origin !== "console" }, t("take_back"));
  const value = () => {
    if (field instanceof HTMLInputElement && field.type === "checkbox") return field.checked;
    if (field instanceof HTMLInputElement && field.type === "number") return Number(field.value);
    return Array.isArray(one.value) ? field.value.split(",").map((part) => part.trim()).filter(Boolean) : field.value;
  };
  field.addEventListener("input", () => (save.hidden = !may));
  const origin = one.fixed_by ? t("setting_fixed", { name: one.fixed_by }) : one.set_at ? t("setting_set", { at: dateAndTime(one.set_at), name: one.set_by ?? "" }) : t("setting_origin", { origin: one.origin });
  const restart = one.effective === "restart" ? el("p", { class: "hint" }, t("needs_restart")) : null;
  const trouble = one.trouble ? el("p", { class: "bad" }, one.trouble) : null;
  const label = el("div", {}, el("label", { for: id, class: "mono" }, one.key), el("p", {}, origin), restart, trouble);
  const form = el("form", { class: "setting" }, label, el("div", { class: "row" }, field, save, reset));
  const change = async (/** @type {unknown} */ to) => {
    try {
      await app.api.patch("/settings", { [one.key]: to });
      toast(t("saved"));
      again();
    } catch (error) {
      toast(error instanceof Failure ? error.words : t("problem_server"));
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void change(value());
  });
  reset.addEventListener("click", () => void change(null));
  return form;
}

/**
 * A secret that is set shows its end only; writing replaces it.
 * @param {Setting} one
 * @param {string} id
 */
function input(one, id) {
  if (typeof one.value === "boolean") {
    const box = el("input", { type: "checkbox", id });
    box.checked = one.value;
    return box;
  }
  const kind = one.secret ? "password" : typeof one.value === "number" ? "number" : "text";
  const masked = one.is_set ? `••••${one.ends_in ?? ""}` : t("secret_unset");
  const text = Array.isArray(one.value) ? one.value.join(", ") : (one.value ?? "");
  const shown = one.secret ? { placeholder: masked, autocomplete: "new-password" } : { value: text };
  return el("input", { type: kind, id, step: kind === "number" ? "any" : null, ...shown });
}

/** Whether the provider can be reached and takes what is configured, check by check. @param {App} app */
function providerTest(app) {
  const run = el("button", { type: "button" }, t("provider_test"));
  const list = el("div", { role: "status" });
  run.addEventListener("click", async () => {
    run.disabled = true;
    fill(list, el("p", { class: "faint" }, t("working")));
    try {
      const { checks } = await app.api.post("/provider/test", {});
      const dot = (/** @type {string} */ verdict) => el("span", { class: `dot ${{ pass: "good", warn: "warn", fail: "bad" }[verdict] ?? ""}`, role: "img", "aria-label": maybe(`verdict_${verdict}`) ?? verdict });
      const line = (/** @type {any} */ one) => el("div", { class: "state-line" }, dot(one.verdict), el("b", {}, one.name), el("span", { class: "grow soft" }, one.says), one.mend ? el("p", { class: "hint" }, one.mend) : null);
      fill(list, checks.map(line));
    } catch (error) {
      fill(list, el("p", { class: "bad" }, error instanceof Failure ? error.words : t("problem_server")));
    }
    run.disabled = false;
  });
  return el("div", { class: "panel" }, el("div", { class: "row" }, run), list);
}
