// What people and things are called on the page.

/** @import { Author, ContactBrief, Identity, Thread } from "../data/shapes.js" */

import { since } from "./time.js";
import { language, maybe, t } from "./words.js";

/** As the server calls whom it has erased. */
const NOBODY = "erased person";

/** @param {string | null | undefined} name */
export const personName = (name) => (name === NOBODY ? t("erased_person") : (name ?? ""));

/** Words of something of which some were erased. @param {string | null | undefined} words @param {boolean | undefined} erased */
export const kept = (words, erased) => words || (erased ? t("part_erased") : "");

/** @param {Thread} thread */
export function nameOf(thread) {
  // A stranger is called by their address until somebody says who they are.
  const name = thread.contact?.name === thread.address ? "" : thread.contact?.name;
  return personName(name || thread.customer?.name) || address(thread.address);
}

/** A number as people write it; anything else as it is. @param {string} value */
export function address(value) {
  const digits = value.replace(/^whatsapp:/, "");
  return /^\d{7,15}$/.test(digits) ? `+${digits.slice(0, 2)} ${digits.slice(2, 5)} ${digits.slice(5)}` : digits;
}

/** Identities that mean nothing to people are shown by their end only. @param {Identity} identity */
export function identity({ kind, value }) {
  if (kind === "phone" || kind === "wa_id") return address(value);
  if (kind === "username") return `@${value.replace(/^@/, "")}`;
  return value.length > 10 ? `…${value.slice(-6)}` : value;
}

/** @param {string} kind */
export const identityKind = (kind) => maybe(`identity_${kind}`) ?? kind;

/** @param {string} role */
export const roleName = (role) => maybe(`role_${role}`) ?? role;

/** @param {ContactBrief | null} contact */
export const roles = (contact) => (contact?.roles ?? []).map(roleName).join(", ");

/** @param {string} agent */
export const agentName = (agent) => maybe(`agent_${agent}`) ?? t("agent_named", { name: agent });

/** @param {string} channel */
export const channelName = (channel) => maybe(`channel_${channel.split(":")[0]}`) ?? channel;

/**
 * Who said it, and what they are: told by words, not by colour.
 * @param {Author} author
 * @param {Thread | undefined} thread
 * @param {string | undefined} me
 */
export function authorName(author, thread, me) {
  return personName(named(author, thread, me));
}

/**
 * @param {Author} author
 * @param {Thread | undefined} thread
 * @param {string | undefined} me
 */
function named(author, thread, me) {
  switch (author.type) {
    case "contact": {
      const name = author.name || (thread ? nameOf(thread) : t("somebody"));
      const what = thread?.contact?.roles[0];
      return what ? t("author_with_role", { name, role: roleName(what) }) : name;
    }
    case "agent":
      return t("author_agent", { name: agentName(author.name || author.id || "") });
    case "staff":
      return author.id && author.id === me ? t("you") : t("author_with_role", { name: author.name || t("somebody"), role: t("role_staff") });
    case "house":
      return t("author_house");
    case "peer":
      return t("author_agent", { name: agentName(author.name || author.id || "") });
    case "phone":
      return t("author_phone");
    default:
      return t("somebody");
  }
}

/** As the server says that a file was forgotten by age. */
const FORGOTTEN = /^it was kept for (\d+) days$/;

/** Whether a file is gone because it was kept for long enough. @param {string | null | undefined} why */
export const isForgotten = (why) => FORGOTTEN.test(why ?? "");

/** Why a file is not here: in words where we know it, else as the server said it to whoever reads its language. @param {string | null | undefined} why */
export function missingWords(why) {
  const days = FORGOTTEN.exec(why ?? "")?.[1];
  if (days) return t("missing_kept", { count: Number(days) });
  return maybe(`missing_${why}`) ?? (language === "en" && why ? why : t("missing_unknown"));
}

/** Why a message failed: in words where the provider's number is known, else as the provider said it. @param {string | null | undefined} reason */
export function reasonWords(reason) {
  if (!reason) return t("failure_unknown");
  const code = /\b\d{3,6}\b/.exec(reason)?.[0];
  return (code && maybe(`failure_${code}`)) ?? maybe(`failure_${reason}`) ?? reason;
}

/**
 * What is wrong with a channel and what mends it: in our words where we know the provider's number for it.
 * @param {import("../data/shapes.js").Trouble} trouble
 */
export function troubleWords({ code, message, since: last }) {
  if (code === "silent" && last) return t("trouble_silent", { span: since(last) });
  const number = /\b\d{3,6}\b/.exec(message)?.[0];
  const known = number ? maybe(`trouble_${number}`) : undefined;
  if (known) return known;
  return code === "paused" && message ? `${t("trouble_paused")} (${message})` : (maybe(`trouble_${code}`) ?? message);
}

/** @param {string} name */
export function initials(name) {
  const words = name.trim().split(/\s+/).filter((word) => /\p{L}|\p{N}/u.test(word));
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  const first = letters.map((word) => [...(word ?? "")].find((letter) => /\p{L}|\p{N}/u.test(letter)) ?? "");
  return first.join("").toUpperCase() || "?";
}

/** One of six colours, always the same for a name. @param {string} name */
export function tint(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 6000;
  return String(sum % 6);
}
