// The command bar: verbs of the open thread, places, conversations by name or number, and, for whatever else is typed, a
// question to the office agent.

/** @import { App } from "../app.js" */
/** @import { Thread } from "../data/shapes.js" */

import { once } from "../data/api.js";
import { el, fill } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { flipTheme } from "../page/theme.js";
import { assignMenu } from "../thread/head.js";
import { labelDialog, snoozeMenu } from "../thread/verbs.js";
import { nameOf, channelName } from "../text/names.js";
import { refusalWords } from "../text/refusal.js";
import { canRecord, record } from "./voice.js";
import { language, t } from "../text/words.js";

const TYPING_MS = 180;
const MOST = 40;

/** @typedef {{label: string, icon: string, hint?: string, section: string, stays?: boolean, run: () => void}} Command */

/** @param {App} app */
export function openPalette(app) {
  const field = el("input", { type: "text", placeholder: t("palette_placeholder"), role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-label": t("key_palette"), autocomplete: "off" });
  const list = el("div", { role: "listbox", id: "palette-list", "aria-label": t("commands") });
  const answer = el("div", { class: "answer said", role: "status", hidden: true, dir: "auto" });
  const mic = el("button", { type: "button", class: "quiet square", "aria-label": t("speak_command"), title: t("speak_command"), "aria-pressed": "false", hidden: !canRecord() }, icon("mic"));
  const node = el("dialog", { class: "palette", "aria-label": t("key_palette") }, el("div", { class: "row line" }, el("div", { class: "search grow" }, icon("search"), field), mic), list, answer);
  /** @type {Command[]} */
  let shown = [];
  /** @type {Command[]} */
  let found = [];
  let at = 0;
  let round = 0;
  let timer = 0;

  const draw = () => {
    let section = "";
    /** @type {Node[]} */
    const lines = [];
    for (const [index, one] of shown.entries()) {
      if (one.section !== section) lines.push(el("div", { class: "section", role: "presentation" }, one.section));
      section = one.section;
      const line = el("div", { role: "option", id: `command-${index}`, "aria-selected": String(index === at) }, icon(one.icon, "small"), el("span", { class: "grow cut said" }, one.label), one.hint ? el("small", { class: "faint" }, one.hint) : null);
      line.addEventListener("click", () => take(one));
      lines.push(line);
    }
    fill(list, lines);
    field.setAttribute("aria-activedescendant", `command-${at}`);
    list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  };
  const look = () => {
    const words = field.value.trim().toLocaleLowerCase();
    const all = words.split(/\s+/);
    const known = commands(app).filter((one) => all.every((word) => one.label.toLocaleLowerCase().includes(word)));
    const ask = words.length > 2 ? [question(field.value.trim())] : [];
    shown = [...known.slice(0, MOST), ...found, ...ask];
    at = 0;
    draw();
  };
  /** @param {string} words @returns {Command} */
  const question = (words) => ({ label: t("ask_agent", { words }), icon: "spark", section: t("palette_ask"), stays: true, run: () => void asked(words) });
  const asked = (/** @type {string} */ words) => command({ kind: "text_command", text: words });
  /** @param {Record<string, unknown>} wish */
  const command = async (wish) => {
    answer.hidden = false;
    answer.textContent = t("working");
    const id = once();
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const about = app.open ? { conversation_id: app.open } : {};
    const sent = app.live.send({ type: "command", id, ...about, data: { ...wish, zone, language } });
    if (!sent) return void (answer.textContent = t("problem_offline"));
    const told = await app.responses.wait(id, (said) => said.progress && (answer.textContent = said.progress));
    answer.textContent = told.status === "success" ? (told.message ?? t("done")) : (told.error ? refusalWords(told.error) : t("no_answer"));
  };
  /** @type {(() => void) | null} */
  let stop = null;
  const speak = async () => {
    if (stop) return stop();
    try {
      const recording = await record();
      stop = recording.stop;
      mic.setAttribute("aria-pressed", "true");
      fill(mic, icon("stop"));
      answer.hidden = false;
      answer.textContent = t("listening");
      await command({ kind: "voice_command", ...(await recording.done) });
    } catch {
      answer.hidden = false;
      answer.textContent = t("no_microphone");
    }
    stop = null;
    mic.setAttribute("aria-pressed", "false");
    fill(mic, icon("mic"));
  };
  mic.addEventListener("click", () => void speak());
  const take = (/** @type {Command} */ one) => {
    if (!one.stays) node.close();
    one.run();
  };
  const search = async () => {
    const words = field.value.trim();
    const mine = (round += 1);
    found = [];
    if (words.length > 1) {
      try {
        const page = await app.api.get("/threads", { search: words, limit: 8 });
        if (mine !== round) return;
        found = page.items.map((/** @type {Thread} */ thread) => ({ label: nameOf(thread), icon: "inbox", hint: channelName(thread.channel), section: t("nav_inbox"), run: () => app.router.go(app.router.thread(thread.id)) }));
      } catch {
        // Commands work without it.
      }
    }
    if (mine === round) look();
  };
  field.addEventListener("input", () => {
    answer.hidden = true;
    look();
    clearTimeout(timer);
    timer = Number(setTimeout(() => void search(), TYPING_MS));
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const one = shown[at];
    if (event.key === "ArrowDown") at = Math.min(shown.length - 1, at + 1);
    else if (event.key === "ArrowUp") at = Math.max(0, at - 1);
    else if (event.key === "Enter" && one) return void (event.preventDefault(), take(one));
    else return;
    event.preventDefault();
    draw();
  });
  node.addEventListener("click", (event) => event.target === node && node.close());
  node.addEventListener("close", () => {
    stop?.();
    node.remove();
  });
  document.body.append(node);
  node.showModal();
  look();
  field.focus();
}

/** @param {App} app @returns {Command[]} */
function commands(app) {
  const thread = app.store.threads.get(app.open ?? "");
  const section = thread ? nameOf(thread) : "";
  const anchor = () => /** @type {HTMLElement} */ (document.querySelector('[data-focus="head-more"]') ?? document.body);
  /** @type {Command[]} */
  const verbs = thread ? ofThread(app, thread, section, anchor) : [];
  const place = (/** @type {string} */ label, /** @type {string} */ shape, /** @type {string} */ path) => ({ label, icon: shape, section: t("keys_go"), run: () => app.router.go(path) });
  return [
    ...verbs,
    place(t("nav_inbox"), "inbox", ""),
    place(t("nav_approvals"), "approvals", "/approvals"),
    place(t("nav_tasks"), "tasks", "/tasks"),
    place(t("nav_jobs"), "jobs", "/jobs"),
    place(t("nav_invoices"), "invoices", "/invoices"),
    place(t("nav_people"), "people", "/people"),
    place(t("calls"), "phone", "/calls"),
    place(t("nav_report"), "report", "/report"),
    place(t("nav_health"), "health", "/health"),
    place(t("nav_settings"), "settings", "/settings"),
    { label: t("flip_theme"), icon: "moon", section: t("keys_all"), run: flipTheme },
    { label: t("keys_title"), icon: "keyboard", hint: "?", section: t("keys_all"), run: () => app.keys.help() },
  ];
}

/**
 * @param {App} app
 * @param {Thread} thread
 * @param {string} section
 * @param {() => HTMLElement} anchor
 * @returns {Command[]}
 */
function ofThread(app, thread, section, anchor) {
  const resolved = thread.status === "resolved";
  const agent = thread.owner.kind === "agent";
  /** @type {Command[]} */
  const all = [];
  const add = (/** @type {string} */ permission, /** @type {string} */ label, /** @type {string} */ shape, /** @type {string} */ hint, /** @type {() => void} */ run) => app.store.may(permission) && all.push({ label, icon: shape, hint, section, run });
  add("thread.reply", t("key_reply"), "reply", "R", () => app.store.tell("write-reply"));
  add("thread.note", t("key_note"), "note", "N", () => app.store.tell("write-note"));
  add("thread.take_over", t(agent ? "take_over" : "hand_back"), "hand", "T", () => void (agent ? app.actions.takeOver(thread) : app.actions.handBack(thread)));
  add("thread.assign", t("assign"), "person", "A", () => assignMenu(app, anchor(), thread));
  add("thread.assign", t("assign_me"), "person", "", () => app.store.me && void app.actions.assign(thread, { user_id: app.store.me.user_id, name: app.store.me.name }));
  add("thread.assign", t("snooze"), "snooze", "S", () => snoozeMenu(app, anchor(), thread));
  add("thread.assign", t(resolved ? "reopen" : "resolve"), "check", "E", () => void (resolved ? app.actions.reopen(thread) : app.actions.resolve(thread)));
  add("thread.assign", t("labels"), "label", "L", () => labelDialog(app, thread));
  add("thread.assign", t("mark_unread"), "unread", "U", () => void app.actions.markUnread(thread));
  add("thread.reply", t("templates"), "template", "", () => app.store.tell("pick-template"));
  return all;
}
