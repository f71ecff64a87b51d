// The frame of everything: navigation, bars, the inbox's three panes, and the page that lies in their place.

/** @import { App } from "../app.js" */

import { el, fill } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { Scope } from "../dom/scope.js";
import { inboxPane } from "../inbox/inbox.js";
import { gate } from "./gate.js";
import { bars } from "./bars.js";
import { navigation } from "./navigation.js";
import { panes } from "./panes.js";
import { railPane } from "../rail/rail.js";
import { threadPane } from "../thread/thread.js";
import { approvalsPage } from "./approvals.js";
import { callsPage } from "./calls.js";
import { customersPage } from "./customers.js";
import { healthPage } from "./health.js";
import { invoicesPage } from "./invoices.js";
import { jobsPage } from "./jobs.js";
import { peoplePage } from "./people.js";
import { reportPage } from "./report.js";
import { settingsPage } from "./settings.js";
import { tasksPage } from "./tasks.js";
import { t } from "../text/words.js";

/** @type {Record<string, (app: App, scope: Scope) => HTMLElement>} */
const PAGES = {
  approvals: approvalsPage,
  calls: callsPage,
  customers: customersPage,
  health: healthPage,
  invoices: invoicesPage,
  jobs: jobsPage,
  people: peoplePage,
  report: reportPage,
  settings: settingsPage,
  tasks: tasksPage,
};

/**
 * @param {App} app
 * @param {HTMLElement} host
 */
export function frame(app, host) {
  const inbox = panes(app, inboxPane(app), threadPane(app), railPane(app));
  const place = el("div", { class: "place" });
  const main = el("main", { class: "main", id: "main" }, inbox, place);
  const node = el("div", { class: "app" }, bars(app), navigation(app), main);
  let scope = new Scope();
  let shown = "";

  const draw = () => {
    const route = app.router.current;
    const here = route.name === "inbox" || route.name === "login";
    inbox.hidden = !here;
    place.hidden = here;
    node.classList.toggle("in-thread", route.name === "inbox" && route.id !== null);
    const wanted = here ? "" : `${route.name} ${route.id ?? ""}`;
    if (wanted === shown) return;
    shown = wanted;
    scope.close();
    scope = new Scope();
    if (here) return void fill(place);
    const page = PAGES[route.name];
    fill(place, page ? page(app, scope) : nowhere());
  };
  app.store.on("route", draw);
  app.store.on("expired", () => {
    if (app.expired) void gate(app, { over: true }).then((me) => app.resume(me));
  });
  draw();
  host.replaceChildren(node);
}

function nowhere() {
  const back = el("a", { href: "/console" }, t("to_inbox"));
  return el("div", { class: "page" }, el("div", { class: "empty" }, icon("search"), el("h2", {}, t("nowhere_title")), el("p", {}, t("nowhere")), back));
}
