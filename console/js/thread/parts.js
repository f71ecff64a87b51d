// The parts of a message, each as something sensible: words, pictures, recordings, places, cards, and what nobody knows.

/** @import { Part } from "../data/shapes.js" */

import { el, said } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { linkify, onlyEmoji } from "../text/linkify.js";
import { isForgotten, missingWords } from "../text/names.js";
import { kind } from "../text/preview.js";
import { maybe, size, t } from "../text/words.js";
import { lightbox } from "./lightbox.js";

/** Long texts are cut until somebody wants all of it. */
const LONG = 3_000;

/** @param {Part} part @returns {Node | null} */
export function partNode(part) {
  switch (part.type) {
    case "text":
      return words(part.text);
    case "media":
      return media(part);
    case "options":
      return el("ul", { class: "options", "aria-label": t("options") }, part.options.map((/** @type {any} */ option) => el("li", {}, said(option.title))));
    case "choice":
      return el("div", { class: "text" }, said(part.title));
    case "location":
      return location(part);
    case "contacts":
      return el("div", {}, part.cards.map(card));
    case "reaction":
      return words(part.emoji ? t("reacted", { emoji: part.emoji }) : t("unreacted"));
    case "edited":
      return el("div", { class: "faint" }, t("edited"));
    case "deleted":
      return el("div", { class: "faint" }, t("part_deleted"));
    case "erased":
      return el("div", { class: "faint" }, t("part_erased"));
    case "form":
      return form(part);
    case "order":
      return order(part);
    case "referral":
      return part.headline ? el("div", { class: "media-line" }, icon("open", "small"), said(part.headline, "grow")) : null;
    case "job":
      return job(part);
    default:
      return el("div", { class: "faint" }, t("part_unsupported_named", { kind: part.kind ?? part.type }));
  }
}

/** @param {string} text */
function words(text) {
  const big = onlyEmoji(text) ? " big-emoji" : "";
  const node = el("div", { class: `text said${big}`, dir: "auto" });
  if (text.length <= LONG) {
    node.append(...linkify(text));
    return node;
  }
  const more = el("button", { type: "button", class: "link" }, t("show_all"));
  more.addEventListener("click", () => node.replaceChildren(...linkify(text)));
  node.append(...linkify(text.slice(0, LONG)), "… ", more);
  return node;
}

/** @param {Part} part */
function media(part) {
  const node = el("div", {});
  if (part.missing || !part.url) node.append(missing(part));
  else if (part.kind === "image" || part.kind === "sticker") node.append(picture(part));
  else if (part.kind === "audio") node.append(voice(part));
  else if (part.kind === "video") node.append(video(part));
  else node.append(file(part));
  if (part.transcript) node.append(el("p", { class: "transcript said", dir: "auto" }, part.transcript));
  if (part.caption) node.append(words(part.caption));
  return node;
}

/** @param {Part} part */
function missing(part) {
  const again = isForgotten(part.missing) ? null : [" ", t("ask_resend")];
  return el("div", { class: "media-line" }, icon("alert"), el("span", { class: "grow" }, el("div", {}, t(kind(part))), el("small", {}, missingWords(part.missing), again)));
}

/** @param {Part} part */
function picture(part) {
  const name = part.caption || part.name || t(kind(part));
  const image = el("img", { src: part.url, alt: name, loading: "lazy", decoding: "async" });
  const button = el("button", { type: "button", class: `picture ${part.kind}`, "aria-label": t("open_picture", { name }) }, image);
  image.addEventListener("error", () => button.replaceWith(missing({ ...part, missing: "expired" })));
  button.addEventListener("click", () => lightbox(button, part.url, name));
  return button;
}

/** @param {Part} part */
export function voice(part) {
  const player = el("audio", { controls: true, preload: "none", src: part.url, "aria-label": t(kind(part)) });
  const speeds = [1, 1.5, 2];
  const speed = el("button", { type: "button", class: "quiet", title: t("speed"), "aria-label": `${t("speed")}: 1×` }, "1×");
  speed.addEventListener("click", () => {
    const next = speeds[(speeds.indexOf(player.playbackRate) + 1) % speeds.length] ?? 1;
    player.playbackRate = next;
    speed.textContent = `${next}×`;
    speed.setAttribute("aria-label", `${t("speed")}: ${next}×`);
  });
  const node = el("div", { class: "voice" }, player, speed);
  player.addEventListener("error", () => player.networkState === 3 && node.replaceWith(missing({ ...part, missing: "expired" })));
  return node;
}

/** @param {Part} part */
function video(part) {
  const player = el("video", { class: "picture", controls: true, preload: "metadata", src: part.url, "aria-label": part.caption || t("part_video") });
  player.addEventListener("error", () => player.networkState === 3 && player.replaceWith(missing({ ...part, missing: "expired" })));
  return player;
}

/** @param {Part} part */
function file(part) {
  const name = part.name || t("part_document");
  const facts = [part.mime?.split("/").at(-1)?.toUpperCase(), part.bytes ? size(part.bytes) : null].filter(Boolean).join(" · ");
  const inner = [icon("file"), el("span", { class: "grow" }, said(name), el("small", { class: "cut" }, ` ${facts}`))];
  return el("a", { class: "media-line", href: part.url, download: name, target: "_blank", rel: "noopener" }, inner);
}

/** @param {Part} part */
function location(part) {
  const where = `${part.latitude.toFixed(5)}, ${part.longitude.toFixed(5)}`;
  const map = `https://www.openstreetmap.org/?mlat=${part.latitude}&mlon=${part.longitude}#map=17/${part.latitude}/${part.longitude}`;
  const text = el("span", { class: "grow" }, part.name ? said(part.name) : t("part_location"), el("div", {}, el("small", {}, where)));
  return el("a", { class: "media-line", href: map, target: "_blank", rel: "noopener noreferrer" }, icon("pin"), text);
}

/** @param {any} one */
function card(one) {
  const phones = (one.phones ?? []).map((/** @type {string} */ phone) => el("div", {}, el("a", { href: `tel:${phone.replace(/[^\d+]/g, "")}` }, phone)));
  const mails = (one.emails ?? []).map((/** @type {string} */ mail) => el("div", { class: "said" }, mail));
  const firm = one.organisation ? el("small", {}, one.organisation) : null;
  return el("div", { class: "media-line" }, icon("card"), el("span", { class: "grow" }, said(one.name ?? t("part_contacts")), firm, phones, mails));
}

/** @param {Part} part */
function form(part) {
  const fields = part.fields && typeof part.fields === "object" ? Object.entries(part.fields) : [];
  const rows = fields.slice(0, 40).flatMap(([name, value]) => [el("dt", {}, name), el("dd", { class: "said" }, typeof value === "object" ? JSON.stringify(value) : String(value))]);
  return el("div", {}, el("b", {}, t("part_form", { name: part.name ?? "" })), el("dl", { class: "facts" }, rows));
}

/** @param {Part} part */
function order(part) {
  const items = (part.items ?? []).map((/** @type {any} */ item) => el("li", {}, `${item.quantity} × ${item.product}`, item.price ? ` · ${item.price} ${item.currency ?? ""}` : ""));
  return el("div", {}, el("b", {}, t("part_order")), el("ul", {}, items), part.note ? words(part.note) : null);
}

/** What one agent tells the other of a job. @param {Part} part */
function job(part) {
  const { notice } = part;
  const kind = notice.status ?? notice.notice ?? notice.kind ?? "";
  const more = [notice.report?.work_done, notice.reason, notice.note, notice.invoice_id].filter((one) => typeof one === "string" && one !== "");
  const words = [part.job_id, maybe(`job_${kind}`), ...more].filter(Boolean).join(" · ");
  return el("a", { class: "media-line", href: `/console/jobs/${encodeURIComponent(part.job_id)}` }, icon("wrench"), el("span", { class: "grow" }, el("div", {}, t("part_job")), el("small", {}, said(words))));
}
