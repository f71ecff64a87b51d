// Text as phones show it: *bold*, _italic_, ~struck~, `code`, links; and times and numbers for people.
// It builds nodes from text; nothing in a message can become markup.

import { el } from "./dom.js";

const MARKS = [
  [/```([^]+?)```/, "code"],
  [/`([^`\n]+)`/, "code"],
  [/(?<![\p{L}\d*])\*(\S(?:[^*\n]*\S)?)\*(?![\p{L}\d*])/u, "strong"],
  [/(?<![\p{L}\d_])_(\S(?:[^_\n]*\S)?)_(?![\p{L}\d_])/u, "em"],
  [/(?<![\p{L}\d~])~(\S(?:[^~\n]*\S)?)~(?![\p{L}\d~])/u, "s"],
  [/https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)]/, "a"],
];

/** Nodes for a text with the marks people type. */
export function rich(text) {
  if (!text) return [];
  let first;
  for (const [pattern, tag] of MARKS) {
    const match = pattern.exec(text);
    if (match && (!first || match.index < first.match.index)) first = { match, tag };
  }
  if (!first) return [text];
  const { match, tag } = first;
  const before = text.slice(0, match.index);
  const after = text.slice(match.index + match[0].length);
  return [...(before ? [before] : []), mark(tag, match), ...rich(after)];
}

function mark(tag, match) {
  if (tag === "a") return el("a", { href: match[0], target: "_blank", rel: "noopener noreferrer" }, match[0]);
  return el(tag, {}, ...(tag === "code" ? [match[1]] : rich(match[1])));
}

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const secondFormat = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const fullFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export const time = (ms) => clockFormat.format(ms);
export const seconds = (ms) => secondFormat.format(ms);
export const full = (ms) => fullFormat.format(ms);
export const dayOf = (ms) => new Date(ms).toDateString();

export function day(ms, now) {
  if (dayOf(ms) === dayOf(now)) return "Today";
  if (dayOf(ms) === dayOf(now - 86_400_000)) return "Yesterday";
  return dayFormat.format(ms);
}

/** +49 171 39200 17 for 491713920017; other numbers in plain groups. */
export function phoneNumber(digits) {
  if (!digits) return "no number";
  const german = /^49(1\d\d)(\d+?)(\d\d)$/.exec(digits);
  if (german) return `+49 ${german[1]} ${german[2]} ${german[3]}`;
  return `+${digits.replace(/(\d{2})(\d{3})(?=\d)/, "$1 $2 ")}`;
}

/** One line about a message, for quotes and lists. */
export function preview(message) {
  if (!message) return "Message not found";
  if (message.revoked) return "Deleted message";
  const content = message.content ?? {};
  switch (message.kind) {
    case "text":
      return content.body;
    case "template":
      return message.shown?.body ?? "Template";
    case "interactive":
      return (
        content.body?.text ??
        content.button_reply?.title ??
        content.list_reply?.title ??
        content.nfm_reply?.body ??
        "Message"
      );
    case "button":
      return content.text;
    case "image":
      return content.caption || "Photo";
    case "video":
      return content.caption || "Video";
    case "audio":
      return content.voice ? "Voice message" : "Audio";
    case "document":
      return content.filename || content.caption || "Document";
    case "location":
      return content.name || "Location";
    case "contacts":
      return `Contact: ${content[0]?.name?.formatted_name ?? "shared"}`;
    case "sticker":
      return "Sticker";
    default:
      return message.kind;
  }
}
