// The way in: by a link that works once, given as such or pasted. Also the overlay when a session ends, under which the
// page with its drafts stays as it is.

/** @import { App } from "../app.js" */

import { Failure } from "../data/api.js";
import { el } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { t } from "../text/words.js";

/**
 * Resolves with who logged in.
 * @param {App} app
 * @param {{link?: string, over?: boolean}} options
 * @returns {Promise<any>}
 */
export function gate(app, { link = "", over = false }) {
  return new Promise((resolve) => {
    const fault = el("p", { class: "bad", role: "alert" });
    const field = el("input", { type: "text", autocomplete: "off", spellcheck: "false", "aria-describedby": "gate-hint", required: true, value: link });
    const enter = el("button", { type: "submit", class: "primary" }, t("log_in"));
    const label = el("label", { class: "field" }, t("login_link"), field, el("small", { id: "gate-hint" }, t("login_hint")));
    const title = t(over ? "expired_title" : "login_title");
    const words = t(over ? "expired_words" : "login_words");
    const mark = icon("plumb", "mark");
    const form = el("form", { class: "sheet" }, mark, el("h1", { id: "gate-title" }, title), el("p", { class: "soft" }, words), label, fault, enter);
    const kind = { role: over ? "dialog" : "main", "aria-modal": over ? "true" : null, "aria-labelledby": "gate-title" };
    const node = el("div", { class: `gate ${over ? "over" : ""}`, ...kind }, form);
    const frame = document.querySelector(".app");

    const submit = async () => {
      enter.disabled = true;
      fault.textContent = "";
      try {
        await app.api.post("/console/login", { token: secret(field.value) });
        const me = await app.api.get("/me");
        node.remove();
        frame?.removeAttribute("inert");
        resolve(me);
      } catch (error) {
        fault.textContent = error instanceof Failure ? (error.status === 401 ? t("login_refused") : error.words) : String(error);
        enter.disabled = false;
        field.select();
      }
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void submit();
    });
    frame?.setAttribute("inert", "");
    document.body.append(node);
    field.focus();
    if (link) void submit();
  });
}

/** The secret of a link, or what was pasted. @param {string} text */
function secret(text) {
  const pasted = text.trim();
  const hash = pasted.indexOf("#");
  return hash < 0 ? pasted : pasted.slice(hash + 1);
}
