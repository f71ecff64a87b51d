// A message in one line, for rows and notifications.

/** @import { Part } from "../data/shapes.js" */

import { t } from "./words.js";

/**
 * @param {Part[]} parts
 * @returns {string}
 */
export function previewOf(parts) {
  const texts = parts.map(one).filter(Boolean);
  return texts.join(" ").replace(/\s+/g, " ").slice(0, 300);
}

/** @param {Part} part */
function one(part) {
  switch (part.type) {
    case "text":
      return part.text;
    case "choice":
      return part.title;
    case "media":
      return part.caption || part.transcript || part.name || t(kind(part));
    case "location":
      return part.name || t("part_location");
    case "contacts":
      return t("part_contacts");
    case "reaction":
      return part.emoji ?? "";
    case "deleted":
      return t("part_deleted");
    case "erased":
      return t("part_erased");
    case "form":
      return t("part_form", { name: part.name ?? "" });
    case "order":
      return t("part_order");
    case "handed_back":
      return [t("handed_back_by", { name: part.by ?? "" }), part.note].filter(Boolean).join(": ");
    case "job":
      return t("part_job");
    case "unsupported":
      return t("part_unsupported");
    default:
      return "";
  }
}

/**
 * @param {Part} part of media
 * @returns {"part_image" | "part_audio" | "part_voice" | "part_video" | "part_document" | "part_sticker"}
 */
export function kind(part) {
  if (part.kind === "audio") return part.voice ? "part_voice" : "part_audio";
  if (part.kind === "image") return "part_image";
  if (part.kind === "video") return "part_video";
  return part.kind === "sticker" ? "part_sticker" : "part_document";
}
