// What opens over a phone: a list of options as a sheet, menus, small forms.
// All are modal dialogs, so focus stays inside and Escape closes them.

import { act } from "./api.js";
import { el, icon } from "./dom.js";

/** Opens a dialog inside the screen the opener belongs to; it removes itself when closed. */
export function sheet(opener, title, ...content) {
  const screen =
    opener.closest(".screen") ?? opener.closest(".phone")?.querySelector(".screen") ?? document.body;
  const close = el(
    "button",
    { type: "button", class: "plain", "aria-label": "Close", onclick: () => dialog.close() },
    icon("close"),
  );
  const dialog = el(
    "dialog",
    { class: "sheet", testid: "sheet", "aria-label": title },
    el("header", {}, el("h3", {}, title), close),
    ...content,
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  // Only this phone grows dark; the others stay as they are.
  const scrim = el("div", { class: "scrim" });
  if (screen !== document.body) screen.append(scrim);
  dialog.addEventListener("close", () => {
    dialog.remove();
    scrim.remove();
    opener.isConnected && opener.focus();
  });
  screen.append(dialog);
  dialog.showModal();
  settle(dialog, screen);
  return dialog;
}

/** The top layer ignores the phone, so the dialog is put over its screen by hand. */
function settle(dialog, screen) {
  const box = screen.getBoundingClientRect();
  if (screen === document.body) return;
  dialog.style.left = `${box.left}px`;
  dialog.style.width = `${box.width}px`;
  dialog.style.bottom = `${Math.max(0, innerHeight - box.bottom)}px`;
  dialog.style.maxHeight = `${Math.min(box.height * 0.85, innerHeight - 24)}px`;
}

/** The rows of a list message. */
export function openList(phone, message, opener) {
  const { action, header } = message.content;
  const send = el(
    "button",
    { type: "submit", class: "primary", disabled: true, testid: "list-send" },
    "Send",
  );
  const rows = action.sections.flatMap((section) => [
    section.title ? el("h4", {}, section.title) : null,
    ...section.rows.map((row) => listRow(row, send)),
  ]);
  const form = el(
    "form",
    { class: "list-form", method: "dialog" },
    el("div", { class: "rows" }, ...rows),
    send,
  );
  const dialog = sheet(opener, header?.text ?? action.button, form);
  form.addEventListener("submit", () => {
    const picked = new FormData(form).get("row");
    if (picked) act(phone.id, "pick", { message_id: message.id, id: picked });
  });
  dialog.querySelector("input")?.focus();
}

function listRow(row, send) {
  return el(
    "label",
    { class: "list-row", testid: "list-row", data: { option: row.id } },
    el("span", {}, el("strong", {}, row.title), row.description ? el("small", {}, row.description) : null),
    el("input", { type: "radio", name: "row", value: row.id, onchange: () => (send.disabled = false) }),
  );
}

/** A menu: actions, and switches that show their state. */
export function menu(opener, title, entries) {
  const dialog = sheet(
    opener,
    title,
    el(
      "div",
      { class: "menu" },
      ...entries.filter(Boolean).map((entry) =>
        el(
          "button",
          {
            type: "button",
            role: "checked" in entry ? "switch" : undefined,
            "aria-checked": "checked" in entry ? String(Boolean(entry.checked)) : undefined,
            testid: entry.testid,
            class: entry.danger ? "danger" : "",
            onclick: () => {
              dialog.close();
              entry.run();
            },
          },
          entry.shape ? icon(entry.shape) : null,
          el("span", {}, entry.label),
          "checked" in entry ? el("i", { class: `knob ${entry.checked ? "on" : ""}` }) : null,
        ),
      ),
    ),
  );
  return dialog;
}

const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

/** React, reply, edit, delete. */
export function bubbleMenu(phone, message, opener) {
  const mine = message.direction === "in";
  const react = (emoji) => {
    dialog.close();
    act(phone.id, "reaction", { message_id: message.id, emoji });
  };
  const current = message.reactions?.person;
  const row = el(
    "div",
    { class: "emoji", role: "group", "aria-label": "React" },
    ...EMOJI.map((emoji) =>
      el(
        "button",
        {
          type: "button",
          "aria-label": `React with ${emoji}`,
          class: current === emoji ? "on" : "",
          onclick: () => react(current === emoji ? "" : emoji),
        },
        emoji,
      ),
    ),
  );
  const dialog = menu(opener, "Message", [
    { label: "Reply", shape: "reply", testid: "menu-reply", run: () => phone.composer.replyTo(message) },
    mine &&
      message.kind === "text" && {
        label: "Edit",
        shape: "file",
        testid: "menu-edit",
        run: () => phone.composer.edit(message),
      },
    mine && {
      label: "Delete for everyone",
      shape: "close",
      testid: "menu-delete",
      danger: true,
      run: () => act(phone.id, "revoke", { message_id: message.id }),
    },
    {
      label: "Copy text",
      shape: "file",
      run: () => navigator.clipboard?.writeText(message.content?.body ?? message.content?.text ?? ""),
    },
  ]);
  dialog.querySelector("header").after(row);
}

/** A small form; `run` gets the values when it is sent. */
export function ask(opener, title, fields, label, run) {
  const form = el(
    "form",
    { class: "form", method: "dialog" },
    ...fields.map(({ name, text, ...rest }) =>
      el("label", {}, el("span", {}, text), el(rest.rows ? "textarea" : "input", { name, ...rest })),
    ),
    el("button", { type: "submit", class: "primary", testid: "form-send" }, label),
  );
  sheet(opener, title, form);
  form.addEventListener("submit", () => run(Object.fromEntries(new FormData(form))));
}
