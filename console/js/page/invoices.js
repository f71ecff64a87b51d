// Invoices: the list, and one with its lines, to be read as a page or taken as the PDF that carries the e-invoice.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { el, fill, said } from "../dom/el.js";
import { date } from "../text/time.js";
import { maybe, money, number, t } from "../text/words.js";
import { moreButton, nothing, page, reading, table } from "./page.js";

/**
 * @param {App} app
 * @param {Scope} scope
 */
export function invoicesPage(app, scope) {
  const { id } = app.router.current;
  return id ? one(app, scope, id) : all(app, scope);
}

/**
 * @param {App} app
 * @param {Scope} scope
 */
function all(app, scope) {
  const { node, body } = page(t("nav_invoices"));
  /** @type {any[]} */
  let items = [];
  const draw = (/** @type {any} */ told) => {
    if (items.length === 0) items = told.items;
    if (items.length === 0) return nothing("invoices", t("no_invoices"), t("no_invoices_words"));
    const rows = items.map((invoice) => [
      el("a", { href: `/console/invoices/${encodeURIComponent(invoice.id)}` }, invoice.id),
      said(invoice.customer),
      date(invoice.issued_on),
      maybe(`invoice_${invoice.state}`) ?? invoice.state,
      money(invoice.gross_cents, invoice.currency),
    ]);
    const more = async () => {
      const next = await app.api.get("/invoices", { limit: 100, cursor: told.next_cursor });
      items = [...items, ...next.items];
      fill(body, draw({ ...next, items }));
    };
    const heads = [t("invoice"), t("customer"), t("date"), t("state"), t("figure_gross")];
    return [table(heads, rows, { numbers: [4], label: t("nav_invoices") }), moreButton(told.next_cursor, () => void more())];
  };
  const read = async () => {
    items = [];
    return app.api.get("/invoices", { limit: 100 });
  };
  reading(app, scope, body, read, draw, ["scope:job"]);
  return node;
}

/**
 * @param {App} app
 * @param {Scope} scope
 * @param {string} id
 */
function one(app, scope, id) {
  const base = `/api/comms/invoices/${encodeURIComponent(id)}`;
  const file = (/** @type {string} */ path, /** @type {string} */ words, /** @type {string | null} */ download) => el("a", { href: base + path, target: "_blank", rel: "noopener", download }, words);
  const { node, body } = page(id, { narrow: true, verbs: [file("/html", t("invoice_html"), null), file("/pdf", t("invoice_pdf"), `${id}.pdf`), el("a", { href: "/console/invoices" }, t("nav_invoices"))] });
  const draw = (/** @type {any} */ invoice) => {
    const { currency } = invoice;
    const job = invoice.job_id ? el("a", { href: `/console/jobs/${encodeURIComponent(invoice.job_id)}` }, invoice.job_id) : null;
    const head = el("dl", { class: "facts" }, el("dt", {}, t("customer")), el("dd", {}, said(invoice.customer)), el("dt", {}, t("date")), el("dd", {}, date(invoice.issued_on)), job ? [el("dt", {}, t("job")), el("dd", {}, job)] : null);
    const rows = invoice.lines.map((/** @type {any} */ line) => [said(line.description), number(line.quantity), money(line.unit_price_cents, currency), money(line.net_cents, currency)]);
    const sums = [[t("figure_net"), invoice.net_cents], [t("figure_vat"), invoice.vat_cents], [t("figure_gross"), invoice.gross_cents]];
    for (const [words, cents] of sums) if (typeof cents === "number") rows.push([el("b", {}, words), "", "", el("b", {}, money(cents, currency))]);
    return [el("div", { class: "panel" }, head), el("div", { class: "inline-form" }, table([t("line"), t("quantity"), t("unit_price"), t("figure_net")], rows, { numbers: [1, 2, 3], label: t("invoice") }))];
  };
  reading(app, scope, body, () => app.api.get(`/invoices/${encodeURIComponent(id)}`), draw);
  return node;
}
