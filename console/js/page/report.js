// A small report: how much was written, how soon it was answered, what waits, what was decided, what the model cost.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { bars } from "../dom/chart.js";
import { el } from "../dom/el.js";
import { span } from "../text/time.js";
import { language, number, t } from "../text/words.js";
import { nothing, page, reading, table } from "./page.js";

const DAYS = [7, 30, 90];

/**
 * @param {App} app
 * @param {Scope} scope
 */
export function reportPage(app, scope) {
  const choice = el("select", { "aria-label": t("report_span") }, DAYS.map((days) => el("option", { value: String(days) }, t("report_days", { count: days }))));
  choice.value = app.router.current.query.get("days") ?? "30";
  const { node, body } = page(t("nav_report"), { verbs: [el("div", {}, choice)] });
  const run = reading(app, scope, body, () => app.api.get("/report", { days: choice.value }), draw);
  choice.addEventListener("change", () => {
    app.router.go(`/report?days=${choice.value}`, { replace: true });
    void run();
  });
  return node;
}

/** @param {any} told */
function draw(told) {
  /** @type {any[]} */
  const days = told.days ?? [];
  if (days.length === 0) return nothing("report", t("no_report"));
  const sum = (/** @type {string} */ key) => days.reduce((total, day) => total + (day[key] ?? 0), 0);
  const total = told.totals ?? {};
  const currency = told.currency ?? "EUR";
  const cost = (/** @type {number} */ micros) => new Intl.NumberFormat(language, { style: "currency", currency, maximumFractionDigits: 2 }).format(micros / 1_000_000);
  const response = total.first_response_ms ?? told.first_response_ms ?? null;
  const waiting = told.waiting?.threads ?? told.waiting ?? null;
  const tiles = [
    [number(sum("inbound")), t("report_inbound")],
    [number(sum("outbound")), t("report_outbound")],
    [response === null ? "–" : span(response), t("report_first_response")],
    [waiting === null ? "–" : number(waiting), t("report_waiting")],
    [number(sum("approved") + sum("declined")), t("report_decided")],
    [cost(sum("cost_micros")), t("report_cost")],
  ];
  const label = (/** @type {any} */ day) => new Intl.DateTimeFormat(language, { day: "numeric", month: "numeric", timeZone: "UTC" }).format(new Date(`${day.day}T12:00:00Z`));
  const volume = days.map((day) => ({ label: label(day), values: [day.inbound ?? 0, day.outbound ?? 0] }));
  const answered = days.map((day) => ({ label: label(day), values: [(day.first_response_ms ?? 0) / 60_000] }));
  const costs = days.map((day) => ({ label: label(day), values: [(day.cost_micros ?? 0) / 1_000_000] }));
  const decided = days.map((day) => ({ label: label(day), values: [day.approved ?? 0, day.declined ?? 0] }));
  const panel = (/** @type {string} */ title, /** @type {Element} */ chart, /** @type {string[]} */ legend = []) =>
    el("section", { class: "panel" }, el("h2", {}, title), chart, legend.length > 0 ? el("div", { class: "legend" }, legend.map((words, index) => el("span", {}, el("i", { class: index === 0 ? "a" : "b" }), words))) : null);
  const heads = [t("date"), t("report_inbound"), t("report_outbound"), t("report_first_response"), t("report_approved"), t("report_declined"), t("report_cost")];
  const rows = days.map((day) => [label(day), number(day.inbound ?? 0), number(day.outbound ?? 0), day.first_response_ms ? span(day.first_response_ms) : "–", number(day.approved ?? 0), number(day.declined ?? 0), cost(day.cost_micros ?? 0)]);
  return [
    el("div", { class: "tiles" }, tiles.map(([value, words]) => el("div", { class: "tile" }, el("b", {}, value), el("span", {}, words)))),
    el("div", { class: "columns" },
      panel(t("report_volume"), bars(volume, number, t("report_volume")), [t("report_inbound"), t("report_outbound")]),
      panel(t("report_first_response_minutes"), bars(answered, (value) => number(Math.round(value * 10) / 10), t("report_first_response_minutes"))),
      panel(t("report_decided"), bars(decided, number, t("report_decided")), [t("report_approved"), t("report_declined")]),
      panel(t("report_cost"), bars(costs, (value) => cost(value * 1_000_000), t("report_cost")))),
    el("details", { class: "inline-form" }, el("summary", {}, t("report_table")), table(heads, rows, { numbers: [1, 2, 3, 4, 5, 6], label: t("nav_report") })),
  ];
}
