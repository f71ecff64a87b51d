// "Suggest a reply": the model drafts, the person decides. Fills the field and never sends.

/** @import { App } from "../app.js" */

import { Failure, once } from "../data/api.js";
import { toast } from "../dom/toast.js";
import { refusalWords } from "../text/refusal.js";
import { t } from "../text/words.js";

/**
 * @param {App} app
 * @param {string} thread
 * @param {HTMLElement} button
 * @param {(text: string) => void} fillIn
 */
export async function suggest(app, thread, button, fillIn) {
  button.setAttribute("aria-busy", "true");
  button.setAttribute("disabled", "");
  try {
    const { request_id: ref } = await app.api.post(`/threads/${thread}/suggest`, {}, { key: once() });
    const told = await app.responses.wait(ref);
    if (app.open !== thread) return;
    if (told.status === "success" && told.message) fillIn(told.message);
    else toast(told.error ? refusalWords(told.error) : t("suggest_failed"));
  } catch (error) {
    toast(error instanceof Failure ? error.words : t("suggest_failed"));
  } finally {
    button.removeAttribute("aria-busy");
    button.removeAttribute("disabled");
  }
}
