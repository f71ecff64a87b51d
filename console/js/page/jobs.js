// Jobs: a board by state, and one job with all that is known of it.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { el, said } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { approvalCard } from "../rail/approval.js";
import { kept, personName } from "../text/names.js";
import { brief, dateAndTime, exact } from "../text/time.js";
import { maybe, number, t } from "../text/words.js";
import { nothing, page, reading } from "./page.js";

const LANES = ["received", "deferred", "invoiced", "rejected", "withdrawn"];
const EACH = 30;
const TYPING_MS = 250;

/**
 * @param {App} app
 * @param {Scope} scope
 */
export function jobsPage(app, scope) {
  const { id } = app.router.current;
  return id ? oneJob(app, scope, id) : board(app, scope);
}

/**
 * @param {App} app
 * @param {Scope} scope
 */
function board(app, scope) {
  const search = el("input", { type: "search", placeholder: t("search_jobs"), "aria-label": t("search_jobs"), value: app.router.current.query.get("search") ?? "" });
  const { node, body } = page(t("nav_jobs"), { verbs: [el("div", { class: "search" }, icon("search", "small"), search)] });
  const read = () => Promise.all(LANES.map((state) => app.api.get("/jobs", { state, search: search.value.trim(), limit: EACH })));
  const draw = (/** @type {any[]} */ pages) => {
    if (pages.every((one) => one.items.length === 0)) {
      const asked = search.value.trim() !== "";
      return nothing("jobs", t(asked ? "no_results" : "no_jobs"), asked ? undefined : t("no_jobs_words"));
    }
    return el("div", { class: "board", role: "list", "aria-label": t("jobs_board"), tabindex: "0" }, LANES.map((state, index) => lane(state, pages[index], search.value.trim() !== "")));
  };
  const run = reading(app, scope, body, read, draw, ["scope:job"]);
  let timer = 0;
  // Whoever has gone on meanwhile is not called back.
  scope.add(() => clearTimeout(timer));
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = Number(setTimeout(() => {
      app.router.go(`/jobs${search.value.trim() ? `?search=${encodeURIComponent(search.value.trim())}` : ""}`, { replace: true });
      void run();
    }, TYPING_MS));
  });
  return node;
}

/**
 * @param {string} state
 * @param {any} jobs
 * @param {boolean} searching
 */
function lane(state, jobs, searching) {
  const count = searching ? jobs.items.length : (jobs.counts?.[state] ?? jobs.items.length);
  const head = el("h2", {}, maybe(`job_${state}`) ?? state, el("span", {}, number(count)));
  const more = jobs.next_cursor ? el("p", { class: "faint" }, t("more_by_search")) : null;
  return el("div", { class: "lane", role: "listitem", "aria-label": maybe(`job_${state}`) ?? state }, head, jobs.items.map(card), more);
}

/** @param {any} job */
function card(job) {
  const foot = el("div", { class: "foot" }, el("span", { class: "mono" }, job.id), el("span", { title: exact(job.updated_at) }, brief(job.updated_at)));
  return el("a", { class: "job-card", href: `/console/jobs/${encodeURIComponent(job.id)}` }, el("b", {}, said(personName(job.customer) || kept(job.location, job.erased))), said(kept(job.work_done, job.erased)), el("div", { class: "soft cut" }, personName(job.technician)), foot);
}

/**
 * @param {App} app
 * @param {Scope} scope
 * @param {string} id
 */
function oneJob(app, scope, id) {
  const back = el("a", { href: "/console/jobs" }, t("nav_jobs"));
  const { node, body } = page(id, { narrow: true, verbs: [back] });
  const draw = (/** @type {any} */ job) => {
    const fact = (/** @type {string} */ name, /** @type {import("../dom/el.js").Children} */ value) => (value ? [el("dt", {}, name), el("dd", {}, ...(Array.isArray(value) ? value : [value]))] : []);
    const materials = job.materials_used.map((/** @type {any} */ one) => el("li", {}, `${number(Number(one.quantity))} × `, said(one.name)));
    const invoice = job.invoice_id ? el("a", { href: `/console/invoices/${encodeURIComponent(job.invoice_id)}` }, job.invoice_id) : null;
    const thread = job.thread_id ? el("a", { href: `/console/conversations/${job.thread_id}` }, t("to_thread")) : null;
    const decisions = Object.entries(job.decisions ?? {}).map(([name, value]) => el("li", {}, `${name}: ${maybe(`conflict_${value}`) ?? value}`));
    const list = el("dl", { class: "facts" },
      fact(t("state"), el("span", { class: "chip" }, maybe(`job_${job.state}`) ?? job.state)),
      fact(t("customer"), [el("a", { href: `/console/customers/${encodeURIComponent(job.customer_id)}` }, said(personName(job.customer) || t("somebody"))), el("span", { class: "faint" }, ` ${job.customer_id}`)]),
      fact(t("location"), said(kept(job.location, job.erased))),
      fact(t("role_technician"), said(personName(job.technician))),
      fact(t("work_done"), said(kept(job.work_done, job.erased))),
      fact(t("hours_worked"), number(job.hours_worked)),
      fact(t("materials"), materials.length > 0 ? el("ul", {}, materials) : null),
      fact(t("decisions"), decisions.length > 0 ? el("ul", {}, decisions) : null),
      fact(t("job_note"), job.note ? said(job.note) : null),
      fact(t("invoice"), invoice),
      fact(t("conversation"), thread),
      fact(t("created"), dateAndTime(job.created_at)),
      fact(t("updated"), dateAndTime(job.updated_at)));
    const open = [...app.store.approvals.values()].filter((one) => one.job?.id === job.id);
    return [el("div", { class: "panel" }, list), el("div", { class: "items inline-form" }, open.map((one) => approvalCard(app, one, scope)))];
  };
  reading(app, scope, body, () => app.api.get(`/jobs/${encodeURIComponent(id)}`), draw, ["scope:job", "approvals"]);
  return node;
}
