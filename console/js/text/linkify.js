// Links in what people wrote: only http and https, opened without telling where from. Everything else stays text.

import { el } from "../dom/el.js";

const URLS = /\bhttps?:\/\/[^\s<>"'`]+/giu;
/** What ends a sentence does not end an address. */
const TAIL = /[.,;:!?)\]}»”’]+$/u;

/**
 * @param {string} text
 * @returns {Node[]}
 */
export function linkify(text) {
  /** @type {Node[]} */
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(URLS)) {
    const raw = found[0].replace(TAIL, (tail) => (found[0].includes("(") && tail.startsWith(")") ? ")" : ""));
    const url = parse(raw);
    if (!url) continue;
    if (found.index > from) nodes.push(document.createTextNode(text.slice(from, found.index)));
    nodes.push(el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow" }, raw));
    from = found.index + raw.length;
  }
  if (from < text.length) nodes.push(document.createTextNode(text.slice(from)));
  return nodes;
}

/** @param {string} text */
function parse(text) {
  try {
    const url = new URL(text);
    return url.protocol === "http:" || url.protocol === "https:" ? url : null;
  } catch {
    return null;
  }
}

const EMOJI = /^(?:\p{Extended_Pictographic}(?:\u{FE0F}|\u{200D}\p{Extended_Pictographic}|\p{Emoji_Modifier})*|\p{Regional_Indicator}{2}){1,3}$/u;

/** Up to three emoji and nothing else. @param {string} text */
export const onlyEmoji = (text) => text.length <= 40 && EMOJI.test(text.trim());
