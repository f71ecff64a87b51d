// Calls by telephone: who called whom, how long, the recording and its words. The same list in the rail of a thread and on
// the page of all; here a call is written down too, with a recording where there is one.

/** @import { App } from "../app.js" */
/** @import { Call } from "../data/shapes.js" */
/** @import { Scope } from "../dom/scope.js" */

import { Failure, once } from "../data/api.js";
import { upload } from "../data/uploads.js";
import { el, fill, said } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { toast } from "../dom/toast.js";
import { voice } from "../thread/parts.js";
import { linkify } from "../text/linkify.js";
import { address, missingWords, personName } from "../text/names.js";
import { refusalWords } from "../text/refusal.js";
import { dateAndTime, exact, forInput, span } from "../text/time.js";
import { t } from "../text/words.js";
import { section } from "./rail.js";

/** How many stand in the rail; the page has them all. */
const SHOWN = 5;

/**
 * @param {App} app
 * @param {string} thread
 * @param {Scope} scope
 */
export function callsSection(app, thread, scope) {
  const list = el("div", { class: "items" });
  const form = callForm(app, thread, () => void read());
  const add = opener(form);
  const node = section(t("calls"), add, form, list);
  const draw = (/** @type {Call[]} */ calls) => {
    const shown = calls.slice(0, SHOWN).map((call) => callCard(app, call, () => void read()));
    const all = calls.length > SHOWN ? el("a", { href: `/console/calls?thread=${encodeURIComponent(thread)}` }, t("calls_all")) : null;
    fill(list, shown.length > 0 ? shown : el("p", { class: "faint" }, t("no_calls")), all);
  };
  const read = async () => {
    try {
      draw((await app.api.get("/calls", { thread_id: thread, limit: SHOWN + 1 })).items);
    } catch {
      // They come with the connection.
    }
  };
  const may = () => (add.hidden = !app.store.may("thread.note"));
  app.store.on(`scope:call:${thread}`, () => void read(), scope.signal);
  app.store.on("me", may, scope.signal);
  may();
  void read();
  return node;
}

/**
 * The button that opens and shuts a form.
 * @param {HTMLFormElement} form
 * @param {{words?: boolean}} [options] words: it says what it does, where there is room
 */
export function opener(form, { words = false } = {}) {
  form.hidden = true;
  const button = el("button", { type: "button", class: words ? "" : "quiet", "aria-label": t("add_call"), "aria-expanded": "false" }, icon("plus", "small"), words ? el("span", { class: "only-wide" }, t("add_call")) : null);
  button.addEventListener("click", () => {
    form.hidden = !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) /** @type {HTMLElement | null} */ (form.querySelector("select, input"))?.focus();
  });
  form.addEventListener("reset", () => {
    form.hidden = true;
    button.setAttribute("aria-expanded", "false");
  });
  return button;
}

/**
 * @param {App} app
 * @param {Call} call
 * @param {() => void} changed
 */
export function callCard(app, call, changed) {
  // In the person's own rail their name stands above.
  const who = app.open ? null : personName(call.contact?.name ?? call.customer?.name);
  const name = who ? said(who) : number(call);
  const way = t(call.state === "missed" ? (call.direction === "in" ? "call_missed" : "call_unanswered") : call.direction === "in" ? "call_in" : "call_out");
  const time = el("time", { datetime: call.started_at, title: exact(call.started_at) }, dateAndTime(call.started_at));
  const state = call.state === "missed" || call.state === "ended" ? null : t(`call_${call.state}`);
  const length = call.duration_ms ? span(call.duration_ms) : null;
  const by = call.created_by ? t("call_by", { name: personName(call.created_by.name) }) : null;
  const missed = call.state === "missed" || call.state === "failed";
  const facts = [state, length, by].filter(Boolean).join(" · ");
  const thread = call.thread_id && app.open !== call.thread_id ? el("a", { href: `/console/conversations/${call.thread_id}` }, t("to_thread")) : null;
  return el("article", { class: "item call", "aria-label": `${way}, ${dateAndTime(call.started_at)}` },
    icon("phone", "small"),
    el("div", { class: "grow" },
      el("div", {}, name), el("small", {}, time, " · ", el("span", { class: missed ? "bad" : "" }, way), facts ? ` · ${facts}` : null),
      who && call.number ? el("small", {}, number(call)) : null,
      call.note ? el("div", { class: "said", dir: "auto" }, linkify(call.note)) : null,
      heard(app, call, changed), thread));
}

/** @param {Call} call */
function number(call) {
  if (!call.number) return t("number_unknown");
  return /^\d{7,}$/.test(call.number) ? el("a", { href: `tel:+${call.number}` }, address(call.number)) : said(call.number);
}

/**
 * The recording, and its words or a way to have them.
 * @param {App} app
 * @param {Call} call
 * @param {() => void} changed
 */
function heard(app, call, changed) {
  const recording = call.recording;
  if (!recording) return null;
  if (recording.state === "awaited") return el("small", {}, t("recording_awaited"));
  if (recording.state === "missing" || !recording.url) return el("small", {}, t("recording_missing", { why: missingWords(recording.missing) }));
  const player = voice({ type: "media", kind: "audio", url: recording.url });
  if (recording.transcript) return [player, el("details", {}, el("summary", {}, t("transcript")), el("p", { class: "transcript said", dir: "auto" }, recording.transcript))];
  if (!app.store.may("thread.reply")) return player;
  const button = el("button", { type: "button", class: "quiet" }, t("transcribe"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.textContent = t("transcribing");
    const failed = (/** @type {string} */ words) => {
      toast(words);
      button.disabled = false;
      button.textContent = t("transcribe");
    };
    try {
      const key = once();
      const answer = app.responses.wait(key);
      await app.api.post("/recordings/transcribe", { call_id: call.id }, { key });
      const told = await answer;
      if (told.status === "success") changed();
      else failed(told.error ? refusalWords(told.error) : t("problem_server"));
    } catch (error) {
      failed(error instanceof Failure ? error.words : t("problem_server"));
    }
  });
  return [player, button];
}

/**
 * @param {App} app
 * @param {string | null} thread whose call it is; without one its number is asked for
 * @param {(call: Call) => void} added
 */
export function callForm(app, thread, added) {
  const option = (/** @type {string} */ value, /** @type {import("../text/words.js").Key} */ words) => el("option", { value }, t(words));
  const way = el("select", { "aria-label": t("call_way") }, option("in", "call_in"), option("out", "call_out"));
  const state = el("select", { "aria-label": t("call_state") }, option("ended", "call_spoken"), option("missed", "call_nobody"));
  const phone = el("input", { type: "tel", maxlength: "40", placeholder: t("call_number"), "aria-label": t("call_number"), required: !thread });
  const at = el("input", { type: "datetime-local", "aria-label": t("call_at"), max: forInput(new Date(Date.now() + 60_000)) });
  const minutes = el("input", { type: "number", min: "0", max: "1440", step: "1", inputmode: "numeric", placeholder: t("call_minutes"), "aria-label": t("call_minutes") });
  const note = el("textarea", { rows: "2", maxlength: "4000", placeholder: t("call_note"), "aria-label": t("call_note") });
  const file = el("input", { type: "file", accept: "audio/*", "aria-label": t("call_recording") });
  const progress = el("progress", { max: "1", value: "0", hidden: true, "aria-label": t("call_recording") });
  const save = el("button", { type: "submit", class: "primary" }, t("add"));
  const form = el("form", { class: "inline-form" }, el("div", { class: "row" }, way, state), thread ? null : phone, el("div", { class: "row" }, at, minutes), note, el("label", { class: "field" }, t("call_recording"), file), progress, el("div", { class: "row" }, save));
  let key = once();
  const write = async () => {
    const began = at.value ? new Date(at.value) : new Date();
    const length = Number(minutes.value) * 60_000;
    /** @type {Record<string, any>} */
    const body = { direction: way.value, state: state.value, started_at: began.toISOString(), note: note.value.trim() || null };
    if (length > 0) body.ended_at = new Date(began.getTime() + length).toISOString();
    if (thread) body.thread_id = thread;
    else body.number = phone.value;
    const brought = file.files?.[0];
    if (brought) {
      progress.hidden = false;
      body.upload_id = (await upload(brought, (part) => (progress.value = part)).done).id;
    }
    added(await app.api.post("/calls", body, { key }));
    key = once();
    form.reset();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save.disabled = true;
    write()
      .catch((error) => {
        // What was refused is another attempt next time.
        if (error instanceof Failure && !error.passing) key = once();
        toast((error instanceof Failure ? error.words : error.message) ?? t("problem_server"));
      })
      .finally(() => {
        save.disabled = false;
        progress.hidden = true;
      });
  });
  return form;
}
