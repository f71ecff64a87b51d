// What stands between staff and writing: who holds the conversation, the provider's window, a channel nobody answers on.

/** @import { App } from "../app.js" */
/** @import { Thread } from "../data/shapes.js" */

import { el } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { agentName } from "../text/names.js";
import { span } from "../text/time.js";
import { t } from "../text/words.js";

/** Less than this left is worth a warning. */
const SOON_MS = 2 * 3_600_000;

/**
 * Why nothing but a template, or nothing at all, can be sent.
 * @param {Thread | undefined} thread
 * @returns {"window" | "channel" | null}
 */
export function mode(thread) {
  if (!thread) return "channel";
  if (thread.channel.startsWith("link") || thread.channel === "console") return "channel";
  return thread.window && windowLeft(thread) <= 0 ? "window" : null;
}

/** For how long free text may still be sent; zero or less where a window is shut, or where there is none. @param {Thread | undefined} thread */
export function windowLeft(thread) {
  const until = thread?.window?.open ? thread.window.until : null;
  return until ? Date.parse(until) - Date.now() : 0;
}

/** @param {Thread | undefined} thread */
export function clockChip(thread) {
  if (!thread?.window) return null;
  const left = windowLeft(thread);
  const open = left > 0;
  const tone = !open ? "bad" : left < SOON_MS ? "warn" : "";
  const words = open ? t("window_left", { span: span(left) }) : t("window_closed");
  return el("span", { class: `chip clock ${tone}`, title: t("window_words") }, icon("clock", "small"), words);
}

/**
 * @param {App} app
 * @param {Thread | undefined} thread
 * @param {{note: boolean, pickTemplate: () => void, warned: string}} options
 */
export function banner(app, thread, { note, pickTemplate, warned }) {
  if (!thread) return null;
  const lines = [];
  if (warned) lines.push(el("div", { class: "banner warn", role: "status" }, icon("alert", "small"), t("answered_meanwhile", { name: warned })));
  if (note) return lines;
  const shut = mode(thread);
  if (shut === "channel") {
    lines.push(el("div", { class: "banner plain" }, icon("link", "small"), t("channel_readonly")));
    return lines;
  }
  const { owner } = thread;
  if (owner.kind === "agent") {
    const button = el("button", { type: "button", class: "primary", data: { focus: "take-over", testid: "take-over" } }, t("take_over"));
    button.addEventListener("click", () => void app.actions.takeOver(thread));
    const may = app.store.may("thread.take_over");
    lines.push(el("div", { class: "banner" }, icon("agent", "small"), t("agent_handles", { name: agentName(thread.agent) }), may ? button : null));
  } else if (owner.kind === "staff" || owner.kind === "phone") {
    const mine = owner.user_id !== undefined && owner.user_id === app.store.me?.user_id;
    const words = owner.kind === "phone" ? t("phone_handles") : mine ? t("you_handle") : t("staff_handles", { name: owner.name ?? t("somebody") });
    const back = el("button", { type: "button", data: { focus: "hand-back", testid: "hand-back" } }, t("hand_back"));
    back.addEventListener("click", () => void app.actions.handBack(thread));
    lines.push(el("div", { class: "banner plain" }, icon("person", "small"), words, app.store.may("thread.take_over") ? back : null));
  }
  if (shut === "window") {
    const button = el("button", { type: "button", class: "primary", data: { focus: "window" }, onclick: pickTemplate }, t("choose_template"));
    lines.push(el("div", { class: "banner warn", role: "status" }, icon("clock", "small"), t("window_banner"), button));
  }
  return lines;
}
