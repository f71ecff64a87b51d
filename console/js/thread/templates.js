// The picker of templates: what may be sent when the window is closed, with its gaps filled and shown as it will arrive.

/** @import { App } from "../app.js" */
/** @import { Thread } from "../data/shapes.js" */

import { Failure } from "../data/api.js";
import { openDialog } from "../dom/dialog.js";
import { el, fill } from "../dom/el.js";
import { toast } from "../dom/toast.js";
import { nameOf } from "../text/names.js";
import { t } from "../text/words.js";

/**
 * @typedef {{name: string, language: string, category: string, header: string | null, body: string, footer: string | null,
 *   values: number, buttons: string[]}} Template
 */

const GAP = /\{\{\s*(\w+)\s*\}\}/g;

/** The gaps of a body in their order, each once. @param {Template} template */
function gaps(template) {
  const named = [...new Set([...template.body.matchAll(GAP)].map((found) => found[1] ?? ""))];
  return named.length === template.values ? named : Array.from({ length: template.values }, (_, index) => String(index + 1));
}

/**
 * @param {App} app
 * @param {Thread} thread
 * @param {(choice: {name: string, language: string, values: string[]}, text: string) => void} chosen
 */
export async function templatePicker(app, thread, chosen) {
  /** @type {Template[]} */
  let all = [];
  try {
    all = (await app.api.get("/templates")).items;
  } catch (error) {
    return toast(error instanceof Failure ? error.words : t("problem_server"));
  }
  const list = el("div", { class: "list", role: "listbox", "aria-label": t("templates") });
  const form = el("form", { class: "inline-form" });
  const { close } = openDialog({ title: t("templates"), content: [el("div", { class: "templates" }, list, form)], kind: "wide" });
  if (all.length === 0) return void fill(form, el("p", { class: "soft" }, t("no_templates")));
  const own = thread.contact?.language;
  all.sort((a, b) => Number(b.language.startsWith(own ?? "-")) - Number(a.language.startsWith(own ?? "-")));

  const pick = (/** @type {Template} */ template) => {
    for (const [index, line] of [...list.children].entries()) line.setAttribute("aria-selected", String(all[index] === template));
    const preview = el("div", { class: "preview said", dir: "auto" });
    const fields = gaps(template).map((gap, index) => {
      const field = el("input", { type: "text", required: true, maxlength: "600" });
      if (index === 0) field.value = (thread.contact?.name ?? nameOf(thread)).split(" ")[0] ?? "";
      field.addEventListener("input", () => draw());
      return { gap, field };
    });
    const filled = () => {
      const value = (/** @type {string} */ gap) => fields.find((one) => one.gap === gap)?.field.value || `{{${gap}}}`;
      return template.body.replace(GAP, (_, gap) => value(gap));
    };
    const draw = () => fill(preview, template.header ? el("b", {}, template.header, "\n") : null, filled(), template.footer ? el("small", { class: "soft" }, `\n${template.footer}`) : null);
    const send = el("button", { type: "submit", class: "primary" }, t("send_template"));
    const label = (/** @type {string} */ gap) => t("template_gap", { gap });
    const buttons = template.buttons.length > 0 ? el("ul", { class: "options" }, template.buttons.map((title) => el("li", {}, title))) : null;
    fill(form, fields.map(({ gap, field }) => el("label", { class: "field" }, label(gap), field)), el("h3", {}, t("preview")), preview, buttons, el("div", { class: "row" }, send));
    draw();
    form.onsubmit = (event) => {
      event.preventDefault();
      close();
      chosen({ name: template.name, language: template.language, values: fields.map((one) => one.field.value.trim()) }, filled());
    };
  };
  fill(list, all.map((template) => {
    const name = template.name.replaceAll("_", " ");
    const button = el("button", { type: "button", role: "option", "aria-selected": "false" }, el("div", { class: "cut" }, name), el("small", { class: "faint" }, template.language));
    button.addEventListener("click", () => pick(template));
    return button;
  }));
  const first = all[0];
  if (first) pick(first);
}
