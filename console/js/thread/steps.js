// What the agent did in a turn: rounds of the model, tool calls, waits, with what they took. Folded until asked for.

/** @import { Turn } from "./entries.js" */

import { el } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { span } from "../text/time.js";
import { language, maybe, number, t } from "../text/words.js";

const KINDS = { model: "spark", tool: "wrench", call: "wrench", wait: "clock", parked: "clock" };

/**
 * @param {Turn} turn
 * @param {boolean} open
 * @param {any} detail what was read, a failure, or nothing yet
 * @param {() => void} toggle
 */
export function steps(turn, open, detail, toggle) {
  const facts = [t("turn_rounds", { count: turn.rounds ?? turn.model_rounds ?? 0 }), t("turn_calls", { count: turn.calls ?? turn.tool_calls ?? 0 })];
  if (turn.duration_ms) facts.push(span(turn.duration_ms));
  const paid = cost(turn);
  if (paid) facts.push(paid);
  const state = turn.state && turn.state !== "done" ? ` · ${maybe(`turn_${turn.state}`) ?? turn.state}` : "";
  const head = el("button", { type: "button", class: "quiet", "aria-expanded": String(open), data: { focus: `turn-${turn.id}` } }, icon("agent", "small"), `${facts.join(" · ")}${state}`, icon(open ? "down" : "next", "small"));
  head.addEventListener("click", toggle);
  return el("div", { class: "steps" }, head, open ? list(detail) : null);
}

/** @param {any} detail */
function list(detail) {
  if (!detail) return el("div", { class: "list" }, el("div", { class: "step" }, el("p", { class: "faint media-line" }, t("loading"))));
  if (detail.fault) return el("div", { class: "list" }, el("p", { class: "bad media-line" }, detail.fault));
  const items = detail.items ?? detail.steps ?? [];
  if (items.length === 0) return el("div", { class: "list" }, el("p", { class: "faint media-line" }, t("no_steps")));
  return el("div", { class: "list" }, items.map(step));
}

/** @param {any} one */
function step(one) {
  const kind = one.kind ?? one.type ?? "tool";
  const name = one.name ?? one.tool ?? maybe(`step_${kind}`) ?? kind;
  const figures = [one.state && one.state !== "done" ? (maybe(`step_${one.state}`) ?? one.state) : null, tokens(one), cost(one), one.duration_ms !== undefined && one.duration_ms !== null ? span(one.duration_ms) : null];
  const summary = el("summary", {}, icon(KINDS[/** @type {keyof typeof KINDS} */ (kind)] ?? "wrench", "small"), el("b", { class: "cut" }, name), el("span", { class: "cut faint" }, brief(one)), el("span", { class: "figures" }, figures.filter(Boolean).join(" · ")));
  const bodies = [["step_asked", one.arguments ?? one.input], ["step_answered", one.result ?? one.output ?? one.text], ["step_waits", one.wake ?? one.waits_for]];
  const shown = bodies.filter(([, body]) => body !== undefined && body !== null);
  const detail = shown.flatMap(([title, body]) => [el("h4", {}, maybe(String(title)) ?? ""), el("pre", { tabindex: "0" }, typeof body === "string" ? body : JSON.stringify(body, null, 2))]);
  return el("details", { class: "step" }, summary, detail);
}

/** @param {any} one */
function brief(one) {
  const result = one.result ?? one.output;
  if (result && typeof result === "object" && typeof result.status === "string") return result.status;
  return typeof one.summary === "string" ? one.summary : "";
}

/** @param {any} one */
function tokens(one) {
  const spent = (one.input_tokens ?? 0) + (one.output_tokens ?? 0);
  return spent > 0 ? t("tokens", { value: number(spent) }) : null;
}

/** Micro-units of a currency, or nothing where no price is known. @param {any} one */
function cost(one) {
  const value = typeof one.cost === "object" ? one.cost?.micros : one.cost_micros;
  if (!value) return null;
  const currency = one.cost?.currency ?? one.currency ?? "EUR";
  return new Intl.NumberFormat(language, { style: "currency", currency, maximumFractionDigits: 4 }).format(value / 1_000_000);
}
