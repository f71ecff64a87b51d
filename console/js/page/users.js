// Who works at the console, and where one is logged in oneself.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { Failure } from "../data/api.js";
import { confirm, openDialog } from "../dom/dialog.js";
import { el } from "../dom/el.js";
import { toast } from "../dom/toast.js";
import { personName, roleName } from "../text/names.js";
import { dateAndTime } from "../text/time.js";
import { t } from "../text/words.js";
import { reading } from "./page.js";

const ROLES = ["owner", "admin", "dispatcher", "staff", "auditor"];

const roleOptions = () => ROLES.map((role) => el("option", { value: role }, roleName(role)));

/** @param {unknown} error */
const complain = (error) => toast(error instanceof Failure ? error.words : t("problem_server"));

/**
 * @param {App} app
 * @param {Scope} scope
 */
export function usersPanel(app, scope) {
  const list = el("div", { class: "panel" });
  const draw = (/** @type {any} */ told) => {
    const manages = app.store.may("users.manage");
    return [...told.items.map((/** @type {any} */ user) => line(app, user, manages, () => void run())), manages ? invite(app, () => void run()) : null];
  };
  const run = reading(app, scope, list, () => app.api.get("/users"), draw);
  return list;
}

/**
 * @param {App} app
 * @param {any} user
 * @param {boolean} manages
 * @param {() => void} again
 */
function line(app, user, manages, again) {
  const self = user.id === app.store.me?.user_id;
  const role = el("select", { "aria-label": t("role_of", { name: user.name }) }, roleOptions());
  role.value = user.role;
  role.addEventListener("change", () => app.api.patch(`/users/${user.id}`, { role: role.value }).then(() => toast(t("saved")), complain).finally(again));
  const remove = el("button", { type: "button", class: "quiet" }, t("remove"));
  remove.addEventListener("click", async () => {
    if (!(await confirm(t("remove_user", { name: user.name }), t("remove_user_words"), t("remove")))) return;
    await app.api.delete(`/users/${user.id}`).catch(complain);
    again();
  });
  const shown = manages && !self ? [el("div", {}, role), remove] : el("span", { class: "soft" }, roleName(user.role));
  return el("div", { class: "state-line" }, el("b", { class: "grow" }, personName(user.name), self ? el("span", { class: "faint" }, ` (${t("you")})`) : null), shown);
}

/**
 * @param {App} app
 * @param {() => void} again
 */
function invite(app, again) {
  const name = el("input", { type: "text", required: true, maxlength: "200", placeholder: t("name"), "aria-label": t("name") });
  const role = el("select", { "aria-label": t("role") }, roleOptions());
  role.value = "staff";
  const form = el("form", { class: "row wrap" }, el("div", { class: "grow" }, name), el("div", {}, role), el("button", { type: "submit", class: "primary" }, t("invite")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const told = await app.api.post("/users", { name: name.value.trim(), role: role.value });
      const address = new URL(told.login_path, location.href).href;
      const field = el("input", { type: "text", readonly: true, value: address, "aria-label": t("login_link") });
      const copy = el("button", { type: "button", class: "primary" }, t("copy"));
      copy.addEventListener("click", () => void navigator.clipboard.writeText(address).then(() => toast(t("copied")), () => field.select()));
      openDialog({ title: t("invited", { name: told.user.name }), content: [el("p", { class: "soft" }, t("invited_words")), field], footer: [copy] });
      form.reset();
    } catch (error) {
      complain(error);
    }
    again();
  });
  return form;
}

/** What a browser calls itself, as people do. The first that fits: each of them also claims to be those after it. */
const BROWSERS = /** @type {const} */ ([["Edg", "Edge"], ["OPR", "Opera"], ["SamsungBrowser", "Samsung Internet"], ["Firefox", "Firefox"], ["FxiOS", "Firefox"], ["CriOS", "Chrome"], ["Chrome", "Chrome"], ["Safari", "Safari"]]);
const SYSTEMS = /** @type {const} */ ([["iPhone", "iPhone"], ["iPad", "iPad"], ["Android", "Android"], ["Windows", "Windows"], ["Mac OS X", "macOS"], ["CrOS", "ChromeOS"], ["Linux", "Linux"]]);

/** @param {string} agent */
function browserName(agent) {
  const first = (/** @type {readonly (readonly [string, string])[]} */ names) => names.find(([mark]) => agent.includes(mark))?.[1];
  const [browser, system] = [first(BROWSERS), first(SYSTEMS)];
  return browser && system ? t("browser_on", { browser, system }) : agent || t("somebody");
}

/**
 * @param {App} app
 * @param {Scope} scope
 */
export function sessionsPanel(app, scope) {
  const list = el("div", { class: "panel" });
  const draw = (/** @type {any} */ told) =>
    told.items.map((/** @type {any} */ session) => {
      const end = el("button", { type: "button", class: "quiet" }, t("end_session"));
      end.addEventListener("click", () => app.api.delete(`/me/sessions/${session.id}`).catch(complain).finally(() => void run()));
      const facts = `${t("session_since", { at: dateAndTime(session.created_at) })} · ${t("session_seen", { at: dateAndTime(session.seen_at) })}`;
      return el("div", { class: "state-line" }, el("div", { class: "grow" }, el("div", { class: "cut", title: session.browser }, browserName(session.browser ?? "")), el("small", { class: "faint" }, facts)), session.current ? el("span", { class: "chip accent" }, t("this_session")) : end);
    });
  const run = reading(app, scope, list, () => app.api.get("/me/sessions"), draw);
  return list;
}
