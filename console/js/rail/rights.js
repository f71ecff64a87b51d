// What a person may ask of whoever keeps data about them: a copy of it as a file, and its end, which nobody takes back. One
// who writes is asked for as a contact, one who never wrote as a customer.

/** @import { App } from "../app.js" */
/** @import { ContactBrief } from "../data/shapes.js" */

import { Failure } from "../data/api.js";
import { openDialog } from "../dom/dialog.js";
import { el, said } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { toast } from "../dom/toast.js";
import { identity, personName, roles } from "../text/names.js";
import { t } from "../text/words.js";

/**
 * What the server says of it before anything is erased.
 * @typedef {{kept_invoices: string[], open_jobs: string[], open_customers: string[], other_customers: string[],
 *   open: {kind: "job" | "user" | "question", id: string, name: string | null}[]}} Before
 */

/**
 * Somebody about whom something is kept: where the API has them, what they are called, and what else tells who it is.
 * @typedef {{path: string, name: string, how: string[]}} Whom
 */

/** @param {ContactBrief} contact @returns {Whom} */
export function whoWrites(contact) {
  return { path: `/contacts/${encodeURIComponent(contact.id)}`, name: personName(contact.name) || t("somebody"), how: [roles(contact), ...contact.identities.map(identity)] };
}

/** @param {import("../data/shapes.js").Customer} customer @returns {Whom} */
export function whoIsListed(customer) {
  return { path: `/customers/${encodeURIComponent(customer.id)}`, name: personName(customer.name) || t("somebody"), how: [t("customer"), customer.id, customer.address, customer.phone] };
}

/**
 * Both rights with what they mean, as far as the user may exercise them.
 * @param {App} app
 * @param {Whom} whom
 */
export function rightsPanel(app, whom) {
  const copy = app.store.may("contact.export") ? el("button", { type: "button", onclick: () => exportPerson(whom) }, icon("file", "small"), t("export_person")) : null;
  const erase = app.store.may("contact.erase") ? el("button", { type: "button", class: "danger", onclick: () => void eraseDialog(app, whom) }, icon("trash", "small"), t("erase_person")) : null;
  if (!copy && !erase) return null;
  return el("section", { class: "panel rights", "aria-label": t("rights") }, el("h2", {}, t("rights")), el("p", { class: "soft" }, t("rights_words")), el("div", { class: "row wrap" }, copy, erase));
}

/** The file that the server makes; the browser keeps it where it keeps all that is fetched. @param {Whom} whom */
export function exportPerson(whom) {
  const link = el("a", { href: `/api/comms${whom.path}/export`, download: "", hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
}

/**
 * Asks for the name before it is done: whoever types it has read whom it is about.
 * @param {App} app
 * @param {Whom} whom
 */
export async function eraseDialog(app, whom) {
  const path = `${whom.path}/erase`;
  /** @type {Before} */
  let before;
  try {
    before = await app.api.get(path);
  } catch (error) {
    return toast(error instanceof Failure ? error.words : t("problem_server"));
  }
  const { name } = whom;
  const typed = el("input", { type: "text", autocomplete: "off", spellcheck: "false", required: true, maxlength: "200" });
  const despite = el("input", { type: "checkbox" });
  const yes = el("button", { type: "submit", class: "danger", disabled: true }, t("erase_yes"));
  const no = el("button", { type: "button" }, t("cancel"));
  const fault = el("p", { class: "bad", role: "alert", hidden: true });
  const same = () => typed.value.trim().toLocaleLowerCase() === name.trim().toLocaleLowerCase();
  const ready = () => (yes.disabled = !same() || (before.open.length > 0 && !despite.checked));
  const agree = before.open.length > 0 ? el("label", { class: "row check" }, despite, t("erase_despite")) : null;
  const form = el("form", { class: "inline-form" }, who(whom), el("p", {}, t("erase_words")), kept(before), open(before), agree,
    el("label", { class: "field" }, t("erase_type", { name }), typed), fault, el("div", { class: "row" }, yes, no));
  const { close } = openDialog({ title: t("erase_title", { name }), content: [form] });
  no.addEventListener("click", close);
  typed.addEventListener("input", ready);
  despite.addEventListener("change", ready);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (yes.disabled) return;
    yes.disabled = true;
    fault.hidden = true;
    try {
      await app.api.post(path, { despite_open: despite.checked });
    } catch (error) {
      fault.textContent = error instanceof Failure ? error.words : t("problem_server");
      fault.hidden = false;
      return void ready();
    }
    close();
    toast(t("erased_toast", { name }));
    app.store.changed("people");
    if (app.open) app.staleThread(app.open);
  });
  typed.focus();
}

/** @param {Whom} whom */
function who({ name, how: known }) {
  const how = known.filter(Boolean).join(" · ");
  return el("p", {}, el("b", {}, said(name)), how ? el("span", { class: "soft" }, ` · ${how}`) : null);
}

/** What the law wants kept, and what is not theirs. @param {Before} before */
function kept(before) {
  const links = before.kept_invoices.flatMap((id, index) => [index > 0 ? ", " : null, el("a", { href: `/console/invoices/${encodeURIComponent(id)}`, target: "_blank" }, id)]);
  const invoices = links.length > 0 ? el("p", {}, t("erase_keeps"), " ", links) : el("p", { class: "soft" }, t("erase_keeps_none"));
  const others = before.other_customers.length > 0 ? el("p", { class: "soft" }, t("erase_others", { ids: before.other_customers.join(", ") })) : null;
  return el("div", {}, invoices, others);
}

/** What is not settled yet. @param {Before} before */
function open(before) {
  if (before.open.length === 0) return null;
  const words = { job: "erase_open_job", user: "erase_open_user", question: "erase_open_question" };
  const line = (/** @type {Before["open"][number]} */ one) => el("li", {}, t(/** @type {import("../text/words.js").Key} */ (words[one.kind]), { id: one.id, name: one.name ?? "" }));
  return el("div", { class: "banner warn", role: "note" }, el("div", { class: "grow" }, el("b", {}, t("erase_open")), el("ul", {}, before.open.map(line))));
}
