// One customer of the firm's list, also one who never wrote: how they are reached, what was done for them, what they owe, and
// their rights. Nobody changes them here: they come from the firm's own list.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */
/** @import { Customer } from "../data/shapes.js" */

import { el, said } from "../dom/el.js";
import { rightsPanel, whoIsListed } from "../rail/rights.js";
import { kept, personName } from "../text/names.js";
import { brief, date } from "../text/time.js";
import { maybe, money, t } from "../text/words.js";
import { page, reading } from "./page.js";

/** Jobs and invoices that are shown. */
const EACH = 50;

/**
 * @param {App} app
 * @param {Scope} scope
 */
export function customersPage(app, scope) {
  const id = app.router.current.id ?? "";
  const { node, body, top } = page(t("customer"), { narrow: true, verbs: [el("a", { href: "/console/people" }, t("nav_people"))] });
  const read = async () => {
    const asked = { customer_id: id, limit: EACH };
    const [customer, jobs, invoices] = await Promise.all([app.api.get(`/customers/${encodeURIComponent(id)}`), app.api.get("/jobs", asked), app.api.get("/invoices", asked)]);
    return { customer, jobs: jobs.items, invoices: invoices.items };
  };
  const draw = (/** @type {{customer: Customer, jobs: any[], invoices: any[]}} */ { customer, jobs, invoices }) => {
    const heading = top.querySelector("h1");
    if (heading) heading.textContent = personName(customer.name) || t("somebody");
    return [
      el("div", { class: "panel" }, facts(customer)),
      list(t("nav_jobs"), t("no_jobs_of"), jobs.map(jobLine)),
      list(t("nav_invoices"), t("no_invoices_of"), invoices.map(invoiceLine)),
      (customer.writes_as ?? []).length > 0 ? writes(customer) : rightsPanel(app, whoIsListed(customer)),
    ];
  };
  reading(app, scope, body, read, draw, ["people", "scope:job"]);
  return node;
}

/** @param {Customer} customer */
function facts(customer) {
  const digits = customer.phone.replace(/[^\d+]/g, "");
  const fact = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string | null} */ href = null) => (value ? [el("dt", {}, name), el("dd", {}, href ? el("a", { href }, said(value)) : said(value))] : []);
  return el("dl", { class: "facts" },
    fact(t("customer_number"), customer.id),
    fact(t("address"), customer.address),
    fact(t("phone"), customer.phone, digits.length > 5 ? `tel:${digits}` : null),
    fact(t("email"), customer.email, customer.email.includes("@") ? `mailto:${encodeURIComponent(customer.email)}` : null),
    fact(t("contract"), customer.contract));
}

/**
 * @param {string} title
 * @param {string} none
 * @param {Node[]} lines
 */
function list(title, none, lines) {
  return el("section", { "aria-label": title }, el("h2", { class: "inline-form" }, title), lines.length > 0 ? lines : el("p", { class: "faint" }, none));
}

/** @param {any} job */
function jobLine(job) {
  const work = kept(job.work_done, job.erased) || t("no_work_done");
  return el("div", { class: "state-line" }, el("a", { href: `/console/jobs/${encodeURIComponent(job.id)}` }, job.id), said(work, "grow"), el("span", { class: "chip" }, maybe(`job_${job.state}`) ?? job.state), el("span", { class: "faint" }, brief(job.updated_at)));
}

/** @param {any} invoice */
function invoiceLine(invoice) {
  return el("div", { class: "state-line" }, el("a", { href: `/console/invoices/${encodeURIComponent(invoice.id)}` }, invoice.id), el("span", { class: "grow" }, money(invoice.gross_cents, invoice.currency)), el("span", { class: "chip" }, maybe(`invoice_${invoice.state}`) ?? invoice.state), el("span", { class: "faint" }, date(invoice.issued_on)));
}

/** Whose rights are those of the person who writes. @param {Customer} customer */
function writes(customer) {
  const links = (customer.writes_as ?? []).flatMap((one, index) => [index > 0 ? ", " : null, el("a", { href: `/console/people/${encodeURIComponent(one.id)}` }, said(personName(one.name) || t("somebody")))]);
  return el("section", { class: "panel rights", "aria-label": t("rights") }, el("h2", {}, t("rights")), el("p", { class: "soft" }, t("customer_writes"), " ", links));
}
