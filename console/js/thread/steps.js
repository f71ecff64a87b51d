// What the agent did in a turn: rounds of the model, tool calls, waits, with what they took. Folded until asked for.

/** @import { Turn } from "./entries.js" */

import { el } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { span } from "../text/time.js";
import { maybe, money, number, t } from "../text/words.js";

/**
 * @param {Turn} turn
 * @param {boolean} open
 * @param {any} detail what was read, a failure, or nothing yet
 * @param {() => void} toggle
 */
export function steps(turn, open, detail, toggle) {
  const facts = [t("turn_rounds", { count: turn.model_rounds }), t("turn_calls", { count: turn.tool_calls })];
  if (turn.finished_at) facts.push(span(Date.parse(turn.finished_at) - Date.parse(turn.created_at)));
  if (turn.cost_micros !== null) facts.push(cost(turn.cost_micros));
  if (turn.state !== "done") facts.push(maybe(`turn_${turn.state}`) ?? turn.state);
  const state = { "aria-expanded": String(open), data: { focus: `turn-${turn.id}` } };
  const head = el("button", { type: "button", class: "quiet", ...state }, icon("agent", "small"), facts.join(" · "), icon(open ? "down" : "next", "small"));
  head.addEventListener("click", toggle);
  return el("div", { class: "steps" }, head, open ? list(detail) : null);
}

/** @param {any} detail */
function list(detail) {
  const line = (/** @type {string} */ words, kind = "faint") => el("div", { class: "list" }, el("p", { class: `${kind} media-line` }, words));
  if (!detail) return line(t("loading"));
  if (detail.fault) return line(detail.fault, "bad");
  if (detail.items.length === 0) return line(t("no_steps"));
  return el("div", { class: "list" }, detail.items.map(step));
}

/**
 * @typedef {{kind: string, name: string, state: string, request: string, result: string | null, tokens_in: number, tokens_out: number,
 *   cost_micros: number | null, duration_ms: number | null, waits_for: {kind: string, id: string} | null}} Step
 */

/** @param {Step} one */
function step(one) {
  const figures = [
    one.state === "done" ? null : (maybe(`step_${one.state}`) ?? one.state),
    one.tokens_in + one.tokens_out > 0 ? t("tokens", { value: number(one.tokens_in + one.tokens_out) }) : null,
    one.cost_micros ? cost(one.cost_micros) : null,
    one.duration_ms === null ? null : span(one.duration_ms),
  ];
  const name = one.kind === "model" ? `${t("step_model")} · ${one.name}` : one.name;
  const shape = one.waits_for ? "clock" : one.kind === "model" ? "spark" : "wrench";
  const summary = el("summary", {}, icon(shape, "small"), el("b", { class: "cut" }, name), el("span", { class: "cut faint" }, outcome(one)), el("span", { class: "figures" }, figures.filter(Boolean).join(" · ")));
  const body = (/** @type {import("../text/words.js").Key} */ title, /** @type {string | null} */ text) => (text ? [el("div", { class: "kind" }, t(title)), el("pre", { tabindex: "0" }, pretty(text))] : []);
  const waits = one.waits_for ? `${maybe(`wait_${one.waits_for.kind}`) ?? one.waits_for.kind} ${one.waits_for.id}` : null;
  return el("details", { class: "step" }, summary, body("step_asked", one.request), body("step_answered", one.result), body("step_waits", waits));
}

/** What came of it, in a word where the result has one. @param {Step} one */
function outcome(one) {
  try {
    const result = JSON.parse(one.result ?? "null");
    return typeof result?.status === "string" ? result.status : "";
  } catch {
    return "";
  }
}

/** @param {string} text JSON mostly */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** @param {number} micros millionths of the configured currency */
const cost = (micros) => money(micros / 10_000, undefined, 4);
