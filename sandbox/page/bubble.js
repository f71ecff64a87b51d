// One message as a bubble: content by kind, quote, options, reactions, time and ticks.
// Ticks follow the state the server reports, and states only rise.

import { act } from "./api.js";
import { el, icon, toast } from "./dom.js";
import { card } from "./card.js";
import { bubbleMenu, openList } from "./sheet.js";
import { appeared, state } from "./store.js";
import { preview, rich, time } from "./text.js";

export function bubble(phone, message, chosen) {
  const mine = message.direction === "in";
  const who = mine ? phone.person.name : state.account.verified_name;
  const parts = message.revoked
    ? [el("p", { class: "deleted" }, "This message was deleted")]
    : inside(phone, message);
  const buttons = message.revoked ? [] : options(phone, message, chosen);
  return el(
    "div",
    {
      class: `row ${mine ? "mine" : "theirs"}`,
      data: { at: appeared(message), direction: message.direction },
    },
    el(
      "div",
      { class: "stack" },
      el(
        "article",
        {
          class: `bubble ${message.kind}`,
          testid: "bubble",
          data: { direction: message.direction, kind: message.kind, id: message.id, state: message.state },
          "aria-label": `${who}, ${time(message.at_ms)}: ${preview(message) ?? ""}`,
        },
        quote(message),
        ...parts,
        el(
          "footer",
          {},
          message.edited ? el("span", { class: "edited" }, "edited") : null,
          el("time", {}, time(appeared(message))),
          ticks(message),
        ),
        message.revoked ? null : handle(phone, message, who),
      ),
      ...buttons,
      reactions(message),
    ),
  );
}

function inside(phone, message) {
  const content = message.content ?? {};
  switch (message.kind) {
    case "text":
      return [words(content.body)];
    case "button":
      return [words(content.text)];
    case "template":
      return framed(message.shown ?? {});
    case "interactive":
      if (message.direction === "in") return answer(content);
      return framed({ header: content.header, body: content.body?.text, footer: content.footer?.text });
    case "unsupported":
      return [el("p", { class: "deleted" }, "A kind of message the API does not know")];
    case "request_welcome":
      return [el("p", { class: "deleted" }, "Opened the chat")];
    default:
      return card(phone, message) ?? [el("p", { class: "deleted" }, message.kind)];
  }
}

const words = (text, extra = "") => el("p", { class: `words ${extra}` }, ...rich(text ?? ""));

function framed({ header, body, footer }) {
  const parts = [];
  if (header?.type === "text") parts.push(el("p", { class: "title" }, ...rich(header.text)));
  else if (header)
    parts.push(
      ...(card(undefined, { kind: header.type, content: header[header.type] ?? {}, direction: "out" }) ?? []),
    );
  if (body) parts.push(words(body));
  if (footer) parts.push(words(footer, "foot"));
  return parts;
}

function answer(content) {
  const reply = content.button_reply ?? content.list_reply;
  if (reply) return [words(reply.title), reply.description ? words(reply.description, "foot") : null];
  if (content.nfm_reply)
    return [el("p", { class: "title" }, "Form sent"), words(content.nfm_reply.response_json, "foot")];
  return [words(content.type)];
}

function quote(message) {
  if (!message.reply_to || message.revoked) return null;
  const target = state.messages.get(message.reply_to);
  const own = target?.direction === "in";
  const name = own ? "You" : state.account.verified_name;
  const go = () => {
    const node = document.querySelector(`[data-id="${CSS.escape(message.reply_to)}"]`);
    node?.scrollIntoView({ block: "center", behavior: "smooth" });
    node?.classList.add("found");
    setTimeout(() => node?.classList.remove("found"), 1500);
  };
  return el(
    "button",
    {
      type: "button",
      class: `quote ${own ? "own" : ""}`,
      onclick: go,
    },
    el("strong", {}, name),
    el("span", {}, preview(target)),
  );
}

/** What can be pressed under a message of the business. */
function options(phone, message, chosen) {
  if (message.direction === "in") return [];
  const content = message.content ?? {};
  if (message.kind === "template")
    return (message.shown?.buttons ?? []).map((button) => templateButton(phone, message, button, chosen));
  if (message.kind !== "interactive") return [];
  const action = content.action ?? {};
  switch (content.type) {
    case "button":
      return action.buttons.map(({ reply }) =>
        option(
          reply.title,
          chosen.includes(reply.id),
          () => act(phone.id, "press", { message_id: message.id, id: reply.id }),
          "reply",
          reply.id,
        ),
      );
    case "list":
      return [
        option(
          action.button,
          false,
          (event) => openList(phone, message, event.currentTarget),
          "list",
          "list",
          "list-open",
        ),
      ];
    case "cta_url":
      return [outward(action.parameters.display_text, action.parameters.url)];
    case "location_request_message":
      return [option("Send location", false, () => phone.composer.location(), "pin", "send_location")];
    case "request_contact_info":
      return [
        option("Share my number", false, () => shareContact(phone, message), "person", "share_contact"),
      ];
    case "flow":
      return [option(action.parameters.flow_cta, false, () => phone.composer.flow(message), "list", "flow")];
    default:
      return [];
  }
}

function option(label, pressed, run, shape, id, testid = "button-option") {
  return el(
    "button",
    {
      type: "button",
      class: `option ${pressed ? "pressed" : ""}`,
      testid,
      data: { option: id },
      "aria-pressed": pressed ? "true" : undefined,
      onclick: run,
    },
    icon(pressed ? "one" : shape),
    el("span", {}, label),
  );
}

function outward(label, url) {
  return el(
    "a",
    { class: "option", testid: "url-option", href: url, target: "_blank", rel: "noopener noreferrer" },
    icon("link"),
    el("span", {}, label),
  );
}

function templateButton(phone, message, button, chosen) {
  if (button.type === "QUICK_REPLY") {
    const press = () => act(phone.id, "press", { message_id: message.id, id: button.payload });
    return option(button.text, chosen.includes(button.payload), press, "reply", button.payload);
  }
  if (button.type === "URL") return outward(button.text, button.url);
  return option(
    button.text,
    false,
    () => toast(`${button.text}: nothing to call here`),
    button.type === "PHONE_NUMBER" ? "phone" : "file",
    button.text,
  );
}

function shareContact(phone, message) {
  const contact = {
    phones: [{ phone: `+${phone.person.phone}`, wa_id: phone.person.phone, type: "CELL" }],
    origin: "contact_request",
  };
  return act(phone.id, "contacts", { contacts: [contact], reply_to: message.id });
}

function reactions(message) {
  const all = Object.values(message.reactions ?? {});
  if (all.length === 0 || message.revoked) return null;
  return el(
    "span",
    { class: "reactions", testid: "reaction", "aria-label": `Reactions: ${all.join(" ")}` },
    all.join(" "),
  );
}

/** The person's own bubbles: one tick sent, two taken by the app, blue when read. */
function ticks(message) {
  if (message.direction !== "in" || message.revoked) return null;
  const two = ["delivered", "read", "played"].includes(message.state);
  const read = ["read", "played"].includes(message.state);
  const word = read ? "read" : two ? "delivered" : "sent";
  return el(
    "span",
    { class: `ticks ${word}`, role: "img", "aria-label": word, testid: "ticks" },
    icon(two ? "two" : "one"),
  );
}

function handle(phone, message, who) {
  return el(
    "button",
    {
      type: "button",
      class: "handle",
      testid: "message-menu",
      "aria-label": `Actions for the message of ${who}`,
      onclick: (event) => bubbleMenu(phone, message, event.currentTarget),
    },
    icon("more"),
  );
}
