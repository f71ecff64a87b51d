// Where staff write: a reply that leaves the house or a note that never does, with files, canned replies, templates and a
// draft that outlives everything.

/** @import { App } from "../app.js" */
/** @import { Message, Note } from "../data/shapes.js" */
/** @import { Scope } from "../dom/scope.js" */

import { Failure } from "../data/api.js";
import { el, fill } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { toast } from "../dom/toast.js";
import { authorName } from "../text/names.js";
import { previewOf } from "../text/preview.js";
import { t } from "../text/words.js";
import { Attachments } from "./attachments.js";
import { banner, clockChip, mode as blocked, windowLeft } from "./banner.js";
import { completions } from "./canned.js";
import { countdown } from "./countdown.js";
import { emojiMenu } from "./emoji.js";
import { preferences } from "./preferences.js";
import { suggest } from "./suggest.js";
import { templatePicker } from "./templates.js";

const MOST = 4_096;
const TYPING_MS = 3_000;

/**
 * @param {App} app
 * @param {string} id
 * @param {ReturnType<typeof import("./log_view.js").logView>} view
 * @param {Scope} scope
 */
export function composer(app, id, view, scope) {
  const field = el("textarea", { rows: "1", autocomplete: "off", maxlength: String(MOST), "aria-label": t("write_reply"), data: { testid: "composer" } });
  const attachments = new Attachments(() => ready());
  const quoting = el("div", { class: "quoting", hidden: true });
  const box = el("div", { class: "box" }, quoting, attachments.node, field);
  const banners = el("div");
  const modes = el("div", { class: "modes", role: "tablist", "aria-label": t("write_mode") });
  const send = el("button", { type: "button", class: "primary", data: { testid: "send" } });
  const dock = el("div", { class: "dock" });
  /** @type {Message | null} */
  let answered = null;
  /** @type {Note | null} */
  let editing = null;
  let typedAt = 0;
  let warned = "";

  const draft = () => app.drafts.get(id);
  const thread = () => app.store.threads.get(id);
  const mode = () => (app.store.may("thread.reply") ? draft().mode : "note");

  const tool = (/** @type {string} */ shape, /** @type {string} */ words, /** @type {(at: HTMLElement) => void} */ run) => {
    const made = el("button", { type: "button", class: "quiet square", title: words, "aria-label": words, "aria-expanded": shape === "emoji" ? "false" : null }, icon(shape));
    made.addEventListener("click", () => run(made));
    return made;
  };
  const picker = el("input", { type: "file", multiple: true, hidden: true, tabindex: "-1", "aria-hidden": "true" });
  picker.addEventListener("change", () => {
    attachments.add([...(picker.files ?? [])]);
    picker.value = "";
  });
  const insert = (/** @type {string} */ text) => {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input"));
    field.focus();
  };
  const replace = (/** @type {string} */ text) => {
    field.value = text;
    field.dispatchEvent(new Event("input"));
    field.focus();
  };
  const attach = tool("attach", t("attach"), () => picker.click());
  const smile = tool("emoji", t("emoji"), (at) => emojiMenu(at, insert));
  const template = tool("template", t("templates"), () => pickTemplate());
  const spark = tool("spark", t("suggest"), (at) => void suggest(app, id, at, replace));
  const tools = el("div", { class: "tools" }, attach, smile, template, spark, send);
  box.append(tools, picker);
  const canned = completions(app, field, () => mode() === "note", scope);
  const frame = el("div", { class: "compose-frame" }, canned.node, box);
  dock.append(banners, modes, frame);

  const pickTemplate = () => {
    const now = thread();
    if (now) void templatePicker(app, now, (choice, text) => void app.outbox.send(id, { template: choice }, [{ type: "text", text }]).then(() => view.toEnd()));
  };

  const ready = () => {
    const note = mode() === "note";
    const shut = !note && blocked(thread()) !== null;
    const files = note ? 0 : attachments.count;
    send.disabled = (field.value.trim() === "" && files === 0) || attachments.busy || shut;
  };

  const grow = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, innerHeight * 0.38)}px`;
  };

  /** Everything that depends on the mode, the owner and the window. */
  const dress = () => {
    const now = thread();
    const note = mode() === "note";
    const shut = note ? null : blocked(now);
    const writing = document.activeElement === field;
    box.classList.toggle("note", note);
    fill(modes, app.store.may("thread.reply") ? tab("reply", "reply") : null, app.store.may("thread.note") ? tab("note", "note") : null, clockChip(now));
    field.placeholder = note ? t("placeholder_note") : shut === "window" ? t("placeholder_window") : t("placeholder_reply");
    field.setAttribute("aria-label", t(note ? "write_note" : "write_reply"));
    field.disabled = shut !== null;
    for (const button of [attach, spark]) button.hidden = note;
    attach.disabled = shut !== null;
    template.hidden = note || now?.channel !== "whatsapp";
    const agent = !note && now?.owner.kind === "agent";
    fill(send, icon(note ? "note" : "send", "small"), editing ? t("save") : note ? t("save_note") : t(agent ? "take_over_and_send" : "send"));
    fill(banners, banner(app, now, { note, pickTemplate, warned }));
    attachments.node.hidden = note || attachments.count === 0;
    dock.hidden = !app.store.may("thread.reply") && !app.store.may("thread.note");
    ready();
    grow();
    // Whoever was writing when the window shut goes on at the way that is left.
    if (writing && field.disabled) /** @type {HTMLElement | null} */ (banners.querySelector('[data-focus="window"]'))?.focus();
    waits();
  };
  const runsOut = () => {
    const shut = mode() !== "note" && blocked(thread()) !== null;
    if (shut !== field.disabled) return dress();
    // Nothing else moves: a button under the pointer stays.
    const chip = clockChip(thread());
    if (chip) modes.querySelector(".clock")?.replaceWith(chip);
  };
  const waits = countdown(() => windowLeft(thread()), runsOut, scope);

  const tab = (/** @type {"reply" | "note"} */ name, /** @type {string} */ shape) => {
    const state = { "aria-selected": String(mode() === name), tabindex: mode() === name ? "0" : "-1", class: name };
    const made = el("button", { type: "button", role: "tab", ...state, data: { focus: `mode-${name}` } }, icon(shape, "small"), t(name === "note" ? "mode_note" : "mode_reply"));
    made.addEventListener("click", () => turn(name));
    made.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
      event.preventDefault();
      turn(name === "note" ? "reply" : "note", false);
    });
    return made;
  };

  /**
   * @param {"reply" | "note"} name
   * @param {boolean} [focus]
   */
  const turn = (name, focus = true) => {
    editing = null;
    app.drafts.set(id, { mode: name });
    field.value = draft()[name];
    dress();
    if (focus) field.focus();
  };

  const quote = (/** @type {Message | null} */ message) => {
    answered = message;
    quoting.hidden = !message;
    if (!message) return;
    const drop = el("button", { type: "button", class: "quiet square", "aria-label": t("cancel"), onclick: () => quote(null) }, icon("close", "small"));
    fill(quoting, el("span", { class: "grow cut" }, previewOf(message.parts)), drop);
    if (mode() === "note") turn("reply");
    field.focus();
  };

  const clear = () => {
    field.value = "";
    app.drafts.set(id, { [mode()]: "" });
    warned = "";
    editing = null;
    quote(null);
    dress();
  };

  const post = async () => {
    if (send.disabled) return;
    const text = field.value.trim();
    if (mode() === "note") {
      const edited = editing;
      clear();
      try {
        await (edited ? view.extras.editNote(edited, text) : view.extras.addNote(text));
      } catch (error) {
        app.drafts.set(id, { note: text });
        if (mode() === "note" && field.value === "") field.value = text;
        toast(error instanceof Failure ? error.words : t("problem_server"));
      }
      return dress();
    }
    const files = attachments.take();
    const reply = answered ? { reply_to: answered.id } : {};
    clear();
    app.store.tell(`typed:${id}`);
    view.answered();
    if (files.length === 0) await app.outbox.send(id, { text, ...reply }, [{ type: "text", text }]);
    for (const [index, file] of files.entries()) {
      const caption = index === 0 && text !== "" ? { caption: text } : {};
      await app.outbox.send(id, { upload_id: file.id, ...caption, ...reply }, [{ ...file.preview, ...caption }]);
    }
    await view.toEnd();
  };

  send.addEventListener("click", () => void post());
  field.addEventListener("input", () => {
    if (!editing) app.drafts.set(id, { [mode()]: field.value });
    canned.typed();
    ready();
    grow();
    typing();
  });
  field.addEventListener("keydown", (event) => {
    // An input method's Enter chooses a word.
    if (event.isComposing || event.keyCode === 229 || canned.key(event)) return;
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && !event.shiftKey && (command || preferences.enterSends)) {
      event.preventDefault();
      void post();
    } else if (event.key === "Escape") {
      if (editing) clear();
      else if (answered) quote(null);
      else view.focus();
      event.preventDefault();
    }
  });
  field.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0 || mode() === "note") return;
    event.preventDefault();
    attachments.add(files);
  });

  /** Tells the others that somebody writes, rarely enough. */
  const typing = () => {
    if (Date.now() - typedAt < TYPING_MS || field.value === "") return;
    typedAt = Date.now();
    app.live.send({ type: "typing", conversation_id: id, data: { state: "start", mode: mode() } });
  };
  const stopped = () => {
    if (typedAt) app.live.send({ type: "typing", conversation_id: id, data: { state: "stop", mode: mode() } });
    typedAt = 0;
  };
  field.addEventListener("blur", stopped);
  app.store.on(`typed:${id}`, stopped, scope.signal);

  const drop = view.node;
  drop.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    drop.classList.add("drop-here");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("drop-here"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("drop-here");
    if (mode() === "reply") attachments.add([...(event.dataTransfer?.files ?? [])]);
  });

  app.store.on("drafts", () => {
    // The device was slower than the page: whatever was typed meanwhile is newer.
    if (field.value === "") field.value = draft()[mode()];
    dress();
  }, scope.signal);
  view.onReply((message) => quote(message));
  app.store.on(`thread:${id}`, dress, scope.signal);
  app.store.on("me", dress, scope.signal);
  const edit = (/** @type {Note} */ note) => {
    turn("note");
    editing = view.extras.notes.find((one) => one.id === note.id) ?? note;
    field.value = editing.text;
    dress();
  };
  view.onEdit(edit);
  app.store.on(`log:${id}`, () => {
    const began = draft().began;
    const last = app.store.log(id).messages.at(-1);
    const other = last && began && last.direction === "out" && last.at > began && last.author.id !== app.store.me?.user_id;
    const now = other && field.value !== "" ? authorName(last.author, thread(), app.store.me?.user_id) : "";
    if (now === warned) return;
    warned = now;
    dress();
  }, scope.signal);
  for (const name of /** @type {const} */ (["reply", "note"])) app.store.on(`write-${name}`, () => turn(name), scope.signal);
  app.store.on("attach", () => picker.click(), scope.signal);
  app.store.on("pick-template", () => !template.hidden && pickTemplate(), scope.signal);
  field.value = draft()[mode()];
  dress();
  return dock;
}
