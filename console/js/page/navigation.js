// The navigation at the edge: pages, how many approvals wait and deliveries failed, the connection, and the menu of who is
// logged in.

/** @import { App } from "../app.js" */
/** @import { Key } from "../text/words.js" */
/** @import { Item } from "../dom/menu.js" */

import { el, fill } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { openMenu } from "../dom/menu.js";
import { toast } from "../dom/toast.js";
import { Alerts } from "../data/alerts.js";
import { initials, roleName } from "../text/names.js";
import { language, t } from "../text/words.js";
import { remember, setTheme, theme } from "./theme.js";

/** A page's name, its icon, its words, and who may see it. @type {[string, string, Key, string?][]} */
const PAGES = [
  ["inbox", "inbox", "nav_inbox"],
  ["approvals", "approvals", "nav_approvals"],
  ["tasks", "tasks", "nav_tasks"],
  ["jobs", "jobs", "nav_jobs"],
  ["invoices", "invoices", "nav_invoices"],
  ["people", "people", "nav_people"],
  ["calls", "phone", "calls"],
  ["report", "report", "nav_report", "report.view"],
  ["health", "health", "nav_health"],
  ["settings", "settings", "nav_settings", "settings.view"],
];

/** @param {string} page */
const pathOf = (page) => (page === "inbox" ? "" : `/${page}`);

/** On a phone the others are in a menu. */
const ON_PHONE = new Set(["inbox", "approvals", "tasks", "jobs"]);

/** @param {App} app */
export function navigation(app) {
  /** @type {Map<string, HTMLAnchorElement>} */
  const links = new Map();
  for (const [name, shape, words] of PAGES) links.set(name, el("a", { href: `/console${pathOf(name)}`, class: ON_PHONE.has(name) ? null : "only-wide", title: t(words), "aria-label": t(words) }, icon(shape)));
  /**
   * A number at a page's icon, told to readers by its name.
   * @param {string} page
   * @param {Key} words
   * @param {Key} counted
   * @param {string} [tone]
   */
  const badge = (page, words, counted, tone = "") => {
    const node = el("span", { class: `count ${tone}`, hidden: true, "aria-hidden": "true" });
    const link = links.get(page);
    link?.append(node);
    return (/** @type {number} */ count) => {
      node.hidden = count === 0;
      node.textContent = count > 99 ? "99+" : String(count);
      link?.setAttribute("aria-label", count > 0 ? t(counted, { count }) : t(words));
    };
  };
  const approvals = badge("approvals", "nav_approvals", "nav_approvals_count");
  const failed = badge("health", "nav_health", "nav_health_count", "bad");
  const dot = el("span", { class: "dot warn", "aria-hidden": "true" });
  const state = el("button", { type: "button", class: "state", onclick: () => app.live.retryNow() }, dot);
  const me = el("button", { type: "button", class: "me", "aria-haspopup": "menu", "aria-expanded": "false", title: t("account") });
  me.addEventListener("click", () => openMenu(me, account(app), t("account")));
  const more = el("button", { type: "button", class: "only-narrow", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": t("more_pages") }, icon("more"));
  more.addEventListener("click", () => openMenu(more, others(app), t("more_pages")));
  const mark = el("a", { class: "mark", href: "/console", "aria-label": "Plumbline", tabindex: "-1" }, icon("plumb"));
  const node = el("nav", { class: "nav", "aria-label": t("navigation") }, mark, [...links.values()], more, el("span", { class: "spring" }), state, me);

  const where = () => {
    for (const [name, link] of links) {
      const { name: at } = app.router.current;
      const here = (at === "customers" ? "people" : at) === name;
      if (here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    more.classList.toggle("here", !ON_PHONE.has(app.router.current.name));
  };
  const waiting = () => approvals([...app.store.approvals.values()].filter((approval) => approval.state === "open").length);
  const connection = () => {
    const { state: now, by } = app.store.connection;
    const good = now === "live";
    dot.className = `dot ${good ? "good" : now === "offline" || now === "stopped" ? "bad" : "warn"}`;
    const words = good ? t(by === "websocket" ? "connection_live" : "connection_fallback") : t("connection_none");
    state.setAttribute("aria-label", words);
    state.title = words;
  };
  const who = () => {
    const name = app.store.me?.name ?? "";
    fill(me, el("span", { class: "avatar tiny", "aria-hidden": "true", data: { tint: "0" } }, initials(name)), el("span", { class: "for-readers" }, t("account")));
    for (const [page, , , permission] of PAGES) {
      const link = links.get(page);
      if (link && permission) link.hidden = !app.store.may(permission);
    }
  };
  app.store.on("route", where);
  app.store.on("approvals", waiting);
  app.store.on("health", () => failed(app.store.failedDeliveries));
  app.store.on("connection", connection);
  app.store.on("me", who);
  where();
  who();
  return node;
}

/** @param {App} app @returns {Item[]} */
function others(app) {
  const shown = PAGES.filter(([name, , , permission]) => !ON_PHONE.has(name) && (!permission || app.store.may(permission)));
  return shown.map(([name, shape, words]) => ({ label: t(words), icon: shape, run: () => app.router.go(pathOf(name)) }));
}

/** @param {App} app @returns {Item[]} */
function account(app) {
  const me = app.store.me;
  const chosen = theme();
  /** @type {Item[]} */
  const calls = Alerts.wanted ? [{ label: t("allow_notifications"), icon: "bell", run: () => void Notification.requestPermission() }] : [];
  return [
    { heading: me ? `${me.name} · ${roleName(me.role)}` : "" },
    { heading: t("theme") },
    { label: t("theme_system"), checked: chosen === "system", run: () => setTheme("system") },
    { label: t("theme_light"), checked: chosen === "light", run: () => setTheme("light") },
    { label: t("theme_dark"), checked: chosen === "dark", run: () => setTheme("dark") },
    { heading: t("language") },
    { label: "Deutsch", checked: language === "de", run: () => speak("de") },
    { label: "English", checked: language === "en", run: () => speak("en") },
    "line",
    ...calls,
    { label: t("keys_title"), icon: "keyboard", keys: "?", run: () => app.keys.help() },
    { label: t("log_out"), icon: "exit", run: () => void leave(app) },
  ];
}

/** @param {string} wished */
function speak(wished) {
  remember("plumbline_language", wished);
  location.reload();
}

/** @param {App} app */
async function leave(app) {
  try {
    await app.api.post("/api/comms/logout");
  } catch {
    return toast(t("problem_offline"));
  }
  app.live.stop();
  await app.shelf.clear().catch(() => {});
  location.assign("/console");
}
