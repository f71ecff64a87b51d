// A card for something that needs a decision: what, the figures, who was asked, and the same options as on WhatsApp. The
// first decision wins, wherever it is made.

/** @import { App } from "../app.js" */
/** @import { Approval, Choice } from "../data/shapes.js" */
/** @import { Scope } from "../dom/scope.js" */

import { Failure } from "../data/api.js";
import { el, fill, said } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { kept, personName } from "../text/names.js";
import { dateAndTime, exact, span } from "../text/time.js";
import { maybe, money, number, t } from "../text/words.js";

/**
 * The approvals that were asked in a thread.
 * @param {App} app
 * @param {string} thread
 */
export function approvalsOf(app, thread) {
  return [...app.store.approvals.values()].filter((one) => one.asked.some((asked) => asked.thread_id === thread));
}

/**
 * @param {App} app
 * @param {Approval} given
 * @param {Scope} scope
 * @param {{brief?: boolean}} [options] brief: one line until somebody wants the details
 */
export function approvalCard(app, given, scope, { brief = false } = {}) {
  const node = el("article", { class: "approval", "aria-label": title(given), data: { testid: "approval" } });
  let unfolded = !brief;
  let busy = false;
  /** @type {string | null} */
  let fault = null;
  let explaining = false;
  const reason = el("input", { type: "text", maxlength: "500", placeholder: t("reason_placeholder"), "aria-label": t("reason"), data: { focus: "why" } });
  const own = el("input", { type: "text", maxlength: "2000", required: true, "aria-label": t("answer_words"), placeholder: t("answer_words"), data: { focus: "words" } });

  const draw = () => {
    const now = app.store.approvals.get(given.id) ?? given;
    node.classList.toggle("brief", !unfolded);
    if (!unfolded) return void fill(node, line(now));
    const head = el("header", {}, icon("approvals"), el("h3", {}, title(now)), expiry(now));
    const job = now.job ? el("a", { href: `/console/jobs/${encodeURIComponent(now.job.id)}` }, now.job.id) : null;
    const asked = now.asked.map((one) => personName(one.name)).filter(Boolean).join(", ");
    const who = el("p", { class: "asked" }, job, job ? " · " : null, asked ? t("asked_of", { names: asked }) : null, " · ", el("time", { datetime: now.asked_at, title: exact(now.asked_at) }, dateAndTime(now.asked_at)));
    const table = figures(now);
    const what = el("p", { class: "what said", dir: "auto" }, kept(now.text, now.erased));
    const foot = now.state === "open" ? verbs(now) : el("p", { class: "outcome", role: "status" }, icon(now.state === "answered" ? "check" : "clock", "small"), outcome(now));
    fill(node, head, what, table, who, foot, fault ? el("p", { class: "bad", role: "alert" }, fault) : null);
  };

  /** What it is and the verbs; everything else on demand. @param {Approval} now */
  const line = (now) => {
    const total = typeof now.facts?.gross_cents === "number" ? money(now.facts.gross_cents, now.facts.currency) : null;
    const what = [personName(now.job?.customer) || now.job?.id, total].filter(Boolean).join(" · ");
    const more = el("button", { type: "button", class: "quiet", data: { focus: "details" } }, t("details"));
    more.addEventListener("click", () => {
      unfolded = true;
      draw();
    });
    const words = el("span", { class: "grow cut" }, el("b", {}, title(now)), " ", said(what, "soft"));
    return el("div", { class: "row wrap" }, icon("approvals"), words, now.takes_words ? null : verbs(now, true), more);
  };

  const verbs = (/** @type {Approval} */ now, few = false) => {
    if (!app.store.may("job.approve")) return el("p", { class: "faint" }, t("may_not_decide"));
    const line = el("div", { class: "verbs" });
    for (const option of now.options) {
      const extra = option.value === "approve" ? "primary" : "";
      const button = el("button", { type: "button", class: extra, disabled: busy, data: { focus: `choice-${option.value}`, choice: option.value } }, option.title);
      button.addEventListener("click", () => void decide(now, option));
      line.append(button);
    }
    if (few) return line;
    const more = el("button", { type: "button", class: "quiet", "aria-expanded": String(explaining), data: { focus: "reason" } }, t("with_reason"));
    more.addEventListener("click", () => {
      explaining = !explaining;
      draw();
      if (explaining) reason.focus();
    });
    line.append(more);
    if (now.takes_words) line.prepend(words(now));
    return [explaining ? reason : null, line];
  };

  /** What an escalation asks may be answered in words of one's own. @param {Approval} now */
  const words = (now) => {
    const form = el("form", { class: "row grow" }, own, el("button", { type: "submit", disabled: busy }, t("answer")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const said = own.value.trim();
      if (said) void decide(now, { title: said, value: said });
    });
    return form;
  };

  /**
   * @param {Approval} now
   * @param {Choice} option
   */
  const decide = async (now, option) => {
    if (busy) return;
    busy = true;
    fault = null;
    draw();
    try {
      await app.actions.decide(now, option.value, reason.value.trim() || undefined);
    } catch (error) {
      fault = error instanceof Failure ? error.words : t("problem_server");
    }
    busy = false;
    draw();
  };
  app.store.on("approvals", () => {
    const after = app.store.approvals.get(given.id);
    const before = given;
    given = after ?? given;
    // Read again without news: what is being written or pressed stays as it is.
    if (JSON.stringify(before) !== JSON.stringify(given)) draw();
  }, scope.signal);
  draw();
  return node;
}

/** @param {Approval} approval */
function title(approval) {
  return maybe(`approve_${approval.tool ?? approval.kind}`) ?? t("approve_other");
}

/** @param {Approval} approval */
function expiry(approval) {
  if (approval.state !== "open" || !approval.expires_at) return null;
  const left = Date.parse(approval.expires_at) - Date.now();
  const words = left > 0 ? t("expires_in", { span: span(left) }) : t("expired");
  return el("span", { class: `chip ${left < 3_600_000 ? "warn" : ""}`, title: exact(approval.expires_at) }, words);
}

/** @param {Approval} approval */
function outcome(approval) {
  const { decision } = approval;
  if (approval.state === "expired") return t("outcome_expired");
  if (approval.state === "cancelled") return t("outcome_cancelled");
  const chosen = approval.options.find((option) => option.value === decision?.value)?.title ?? kept(decision?.text, approval.erased);
  const by = personName(decision?.by) || t("somebody");
  return decision?.at ? t("outcome_at", { choice: chosen, by, at: dateAndTime(decision.at) }) : t("outcome", { choice: chosen, by });
}

/** The figures as the code computed them: sums only; the lines stand in the text. @param {Approval} approval */
function figures(approval) {
  const facts = approval.facts ?? {};
  const currency = typeof facts.currency === "string" ? facts.currency : "EUR";
  /** @type {[string, string, boolean][]} */
  const rows = [];
  const sum = (/** @type {string} */ key, /** @type {string} */ words, total = false) => {
    if (typeof facts[key] === "number" && (facts[key] !== 0 || total)) rows.push([words, money(facts[key], currency), total]);
  };
  sum("waived_cents", t("figure_waived"));
  sum("net_cents", t("figure_net"));
  sum("vat_cents", typeof facts.vat_percent === "number" || typeof facts.vat_percent === "string" ? t("figure_vat_at", { percent: number(Number(facts.vat_percent)) }) : t("figure_vat"));
  sum("gross_cents", t("figure_gross"), true);
  if (rows.length === 0) return null;
  return el("table", { class: "figures" }, el("tbody", {}, rows.map(([words, value, total]) => el("tr", { class: total ? "total" : "" }, el("th", { scope: "row" }, words), el("td", {}, value)))));
}
