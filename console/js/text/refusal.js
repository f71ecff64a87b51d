// Why the server refused, in the language of whoever reads it: by its code and by the fields that it names. The server's own
// sentences are English, so they are shown to those who read English.

import { language, maybe, t } from "./words.js";

/** @typedef {{code?: string, detail?: string, message?: string, errors?: {field: string, detail: string}[]}} Refusal */

/** @param {Refusal} refusal a problem of the API's, or the `error` of an answer */
export function refusalWords({ code, detail, message, errors = [] }) {
  // What a turn says when it is given up is in the language of its conversation.
  const own = language === "en" || code === "failed" ? (detail ?? message) : undefined;
  const words = maybe(`problem_${code}`) ?? own ?? t("problem_refused");
  const fields = errors.map(wrong).filter(Boolean);
  return fields.length > 0 ? t("problem_fields", { words, fields: fields.join(", ") }) : words;
}

/** @param {{field: string, detail: string}} one */
function wrong({ field, detail }) {
  const leaf = field.replace(/\[\d+\]/g, "").split(".").at(-1) ?? "";
  const name = maybe(`field_${leaf}`) ?? leaf;
  return language === "en" ? [name, detail].filter(Boolean).join(": ") : name;
}
