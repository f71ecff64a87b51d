// A small report: how much was written, how soon it was answered and by whom, what waits, what was decided, what the model
// cost, jobs and invoices. Days are the firm's.

/** @import { App } from "../app.js" */
/** @import { Figures, Report } from "../data/shapes.js" */
/** @import { Scope } from "../dom/scope.js" */

import { bars } from "../dom/chart.js";
import { el } from "../dom/el.js";
import { brief, exact, span } from "../text/time.js";
import { language, money, number, t } from "../text/words.js";
import { nothing, page, reading, table } from "./page.js";

const DAYS = [7, 30, 90];

/**
 * @param {App} app
 * @param {Scope} scope
 */
export function reportPage(app, scope) {
  const choice = el("select", { "aria-label": t("report_span") }, DAYS.map((days) => el("option", { value: String(days) }, t("report_days", { count: days }))));
  const asked = app.router.current.query.get("days") ?? "";
  choice.value = DAYS.includes(Number(asked)) ? asked : "30";
  const { node, body } = page(t("nav_report"), { verbs: [el("div", {}, choice)] });
  const run = reading(app, scope, body, () => app.api.get("/report", { days: choice.value }), draw);
  choice.addEventListener("change", () => {
    app.router.go(`/report?days=${choice.value}`, { replace: true });
    void run();
  });
  return node;
}

/** @typedef {{words: string, of: (figures: Figures) => string | number, total?: boolean}} Row */

/** @param {Report} told */
function draw(told) {
  const { days, totals, waiting, undecided } = told;
  const happened = [...days, totals].some((day) => day.inbound + day.outbound + day.asked + day.model_rounds + day.jobs + day.invoices + day.approved + day.declined > 0);
  if (!happened && waiting.count === 0 && undecided.count === 0) return nothing("report", t("no_report"), t("no_report_words"));
  return [tiles(told), charts(told), figures(told)];
}

/** @param {Report} told */
function tiles({ totals, first_response, waiting, undecided, currency }) {
  const took = (/** @type {number | null} */ ms) => (ms === null ? "–" : span(ms));
  const since = (/** @type {string | null} */ at) => (at ? el("time", { datetime: at, title: exact(at) }, t("report_since", { at: brief(at) })) : null);
  const oldest = waiting.thread_id ? el("a", { href: `/console/conversations/${waiting.thread_id}` }, since(waiting.oldest_at)) : since(waiting.oldest_at);
  const by = t("report_by", { agent: totals.answered_by_agent, staff: totals.answered_by_staff });
  const whose = t("report_by_median", { agent: took(first_response.agent.median_ms), staff: took(first_response.staff.median_ms) });
  const used = t("report_tokens", { in: totals.tokens_in, out: totals.tokens_out });
  /** @type {[string, string, (Node | string | null)?][]} */
  const all = [
    [number(totals.inbound), t("report_inbound")],
    [number(totals.outbound), t("report_outbound")],
    [took(totals.first_response_ms), t("report_first_response"), totals.answered > 0 ? whose : null],
    [took(totals.first_response_p90_ms), t("report_first_response_p90"), totals.answered > 0 ? by : null],
    [number(waiting.count), t("report_waiting"), oldest],
    [number(undecided.count), t("report_undecided"), since(undecided.oldest_at)],
    [number(totals.approved + totals.declined), t("report_decided"), totals.decision_ms === null ? null : t("report_decided_in", { span: took(totals.decision_ms) })],
    [totals.cost_micros === null ? number(totals.tokens_in + totals.tokens_out) : cost(totals.cost_micros, currency), t(totals.cost_micros === null ? "report_used" : "report_cost"), used],
    [number(totals.jobs), t("report_jobs")],
    [number(totals.invoices), t("report_invoices"), money(totals.invoiced_cents, currency)],
  ];
  return el("div", { class: "tiles" }, all.map(([value, words, more]) => el("div", { class: "tile" }, el("b", {}, value), el("span", {}, words), more ? el("small", {}, more) : null)));
}

/** @param {Report} told */
function charts({ days, totals, currency }) {
  const minutes = (/** @type {number} */ value) => number(Number(value.toPrecision(2)));
  const count = (/** @type {number} */ value) => (Number.isInteger(value) ? number(value) : "");
  const priced = totals.cost_micros !== null;
  const pay = (/** @type {number} */ value) => (priced ? cost(value * 1_000_000, currency) : number(Math.round(value)));
  /** @type {{title: string, legend?: string[], format: (value: number) => string, of: (day: Figures) => number[]}[]} */
  const all = [
    { title: t("report_volume"), legend: [t("report_inbound"), t("report_outbound")], format: count, of: (day) => [day.inbound, day.outbound] },
    { title: t("report_first_response_minutes"), format: minutes, of: (day) => [(day.first_response_ms ?? 0) / 60_000] },
    { title: t("report_answered"), legend: [t("report_agent"), t("report_staff")], format: count, of: (day) => [day.answered_by_agent, day.answered_by_staff] },
    { title: t("report_decided"), legend: [t("report_approved"), t("report_declined")], format: count, of: (day) => [day.approved, day.declined] },
    { title: t(priced ? "report_cost" : "report_used"), format: pay, of: (day) => [priced ? (day.cost_micros ?? 0) / 1_000_000 : day.tokens_in + day.tokens_out] },
    { title: t("report_trade"), legend: [t("report_jobs"), t("report_invoices")], format: count, of: (day) => [day.jobs, day.invoices] },
  ];
  return el("div", { class: "columns" }, all.map(({ title, legend = [], format, of }) => {
    const columns = days.map((day) => ({ label: dayLabel(day.day), values: of(day) }));
    const keys = legend.map((words, index) => el("span", {}, el("i", { class: index === 0 ? "a" : "b" }), words));
    return el("section", { class: "panel" }, el("h2", {}, title), bars(columns, format, { title, series: legend }), keys.length > 0 ? el("div", { class: "legend" }, keys) : null);
  }));
}

/** The same in figures. @param {Report} told */
function figures({ days, currency }) {
  const took = (/** @type {number | null} */ ms) => (ms === null ? "–" : span(ms));
  /** @type {[string, (day: Figures & {day: string}) => string][]} */
  const columns = [
    [t("date"), (day) => dayLabel(day.day)],
    [t("report_inbound"), (day) => number(day.inbound)],
    [t("report_outbound"), (day) => number(day.outbound)],
    [t("report_first_response"), (day) => took(day.first_response_ms)],
    [t("report_first_response_p90"), (day) => took(day.first_response_p90_ms)],
    [t("report_agent"), (day) => number(day.answered_by_agent)],
    [t("report_staff"), (day) => number(day.answered_by_staff)],
    [t("report_asked"), (day) => number(day.asked)],
    [t("report_approved"), (day) => number(day.approved)],
    [t("report_declined"), (day) => number(day.declined)],
    [t("report_used"), (day) => number(day.tokens_in + day.tokens_out)],
    [t("report_cost"), (day) => (day.cost_micros === null ? "–" : cost(day.cost_micros, currency))],
    [t("report_jobs"), (day) => number(day.jobs)],
    [t("report_invoices"), (day) => number(day.invoices)],
    [t("report_invoiced"), (day) => money(day.invoiced_cents, currency)],
  ];
  const rows = days.map((day) => columns.map(([, of]) => of(day)));
  const heads = columns.map(([head]) => head);
  return el("details", { class: "inline-form" }, el("summary", {}, t("report_table")), table(heads, rows, { numbers: heads.map((_, index) => index).slice(1), label: t("nav_report") }));
}

/** A day of the firm's, whatever the viewer's zone. @param {string} day */
function dayLabel(day) {
  return new Intl.DateTimeFormat(language, { day: "numeric", month: "numeric", timeZone: "UTC" }).format(new Date(`${day}T12:00:00Z`));
}

/**
 * @param {number} micros
 * @param {string} currency
 */
function cost(micros, currency) {
  return money(micros / 10_000, currency);
}
