// Dialogs about who somebody is: linking a thread to a person or customer, and making one of two records.

/** @import { App } from "../app.js" */
/** @import { ContactBrief, Thread } from "../data/shapes.js" */

import { Failure } from "../data/api.js";
import { openDialog } from "../dom/dialog.js";
import { el, fill, said } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { toast } from "../dom/toast.js";
import { identity, roleName, roles } from "../text/names.js";
import { t } from "../text/words.js";
import { link } from "./person.js";

const TYPING_MS = 200;

/**
 * A field that looks people up while one types, and a list of what was found.
 * @param {(words: string) => Promise<{key: string, node: Node, run: () => void}[]>} look
 * @param {string} label
 */
function finder(look, label) {
  const field = el("input", { type: "search", placeholder: label, "aria-label": label });
  const list = el("div", { class: "person-pick" });
  let timer = 0;
  let round = 0;
  const search = async () => {
    const mine = (round += 1);
    try {
      const found = await look(field.value.trim());
      if (mine !== round) return;
      const lines = found.map(({ key, node, run }) => el("button", { type: "button", data: { key }, onclick: run }, node));
      fill(list, lines.length > 0 ? lines : el("p", { class: "soft" }, t("nobody_found")));
    } catch (error) {
      fill(list, el("p", { class: "bad" }, error instanceof Failure ? error.words : t("problem_server")));
    }
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = Number(setTimeout(() => void search(), TYPING_MS));
  });
  void search();
  return [el("div", { class: "search" }, icon("search", "small"), field), list];
}

/** @param {ContactBrief} contact */
function contactLine(contact) {
  const how = [roles(contact), ...contact.identities.slice(0, 2).map(identity)].filter(Boolean).join(" · ");
  return el("span", { class: "grow" }, el("div", { class: "cut" }, said(contact.name ?? t("somebody"))), el("small", { class: "faint cut" }, how));
}

/**
 * @param {App} app
 * @param {Thread} thread
 */
export function linkDialog(app, thread) {
  const done = (/** @type {Record<string, unknown>} */ whom) => async () => {
    if (await link(app, thread.id, whom)) close();
  };
  const look = async (/** @type {string} */ words) => {
    const [contacts, customers] = await Promise.all([app.api.get("/contacts", { search: words, limit: 20 }), app.api.get("/customers", { search: words, limit: 20 })]);
    const people = contacts.items.map((/** @type {ContactBrief} */ one) => ({ key: one.id, node: contactLine(one), run: done({ contact_id: one.id }) }));
    const firms = customers.items.map((/** @type {any} */ one) => ({ key: one.id, node: customerLine(one), run: done({ customer_id: one.id }) }));
    return [...people, ...firms];
  };
  const name = el("input", { type: "text", required: true, maxlength: "200", autocomplete: "off" });
  const role = el("select", {}, ["customer", "technician", "office"].map((one) => el("option", { value: one }, roleName(one))));
  const phone = el("input", { type: "tel", maxlength: "40", value: /^\+?\d+$/.test(thread.address) ? `+${thread.address.replace(/\D/g, "")}` : "" });
  const form = el("form", { class: "inline-form" }, el("label", { class: "field" }, t("name"), name), el("div", { class: "row" }, el("label", { class: "field grow" }, t("role"), role), el("label", { class: "field grow" }, t("phone"), phone)), el("div", { class: "row" }, el("button", { type: "submit", class: "primary" }, t("create_person"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void done({ new: { name: name.value.trim(), role: role.value, phone: phone.value.trim() } })();
  });
  const fresh = el("details", {}, el("summary", {}, t("new_person")), form);
  const { close } = openDialog({ title: t("link_person"), content: [...finder(look, t("find_person")), fresh] });
}

/** @param {any} one */
function customerLine(one) {
  const where = [one.id, one.address].filter(Boolean).join(" · ");
  return el("span", { class: "grow" }, el("div", { class: "cut" }, said(one.name)), el("small", { class: "faint cut" }, `${t("customer")} · ${where}`));
}

/**
 * Two records of one person become one; what it will look like is shown before, and it can be undone.
 * @param {App} app
 * @param {ContactBrief} contact
 */
export function mergeDialog(app, contact) {
  const preview = el("div", { class: "inline-form", hidden: true });
  const merge = async (/** @type {ContactBrief} */ into) => {
    try {
      const told = await app.api.post(`/contacts/${contact.id}/merge`, { into: into.id });
      close();
      const back = () => void app.api.post(`/contacts/merges/${told.undo}/undo`).then(() => toast(t("merge_undone")), (error) => toast(error instanceof Failure ? error.words : t("problem_server")));
      toast(t("merged", { name: into.name ?? "" }), { label: t("undo"), run: back });
      if (app.open) app.staleThread(app.open);
      app.store.changed("people");
    } catch (error) {
      toast(error instanceof Failure ? error.words : t("problem_server"));
    }
  };
  const show = (/** @type {ContactBrief} */ into) => {
    const all = [...into.identities, ...contact.identities].map(identity);
    const names = [...new Set([...into.roles, ...contact.roles])].map(roleName).join(", ");
    const yes = el("button", { type: "button", class: "primary", onclick: () => void merge(into) }, t("merge_into", { name: into.name ?? t("somebody") }));
    preview.hidden = false;
    fill(preview, el("h3", {}, t("merge_result")), el("dl", { class: "facts" }, el("dt", {}, t("name")), el("dd", {}, said(into.name ?? contact.name ?? "")), el("dt", {}, t("role")), el("dd", {}, names), el("dt", {}, t("identities")), el("dd", {}, all.join(", "))), el("div", { class: "row" }, yes));
    yes.focus();
  };
  const look = async (/** @type {string} */ words) => {
    const { items } = await app.api.get("/contacts", { search: words, limit: 20 });
    const others = items.filter((/** @type {ContactBrief} */ one) => one.id !== contact.id);
    return others.map((/** @type {ContactBrief} */ one) => ({ key: one.id, node: contactLine(one), run: () => show(one) }));
  };
  const words = el("p", { class: "soft" }, t("merge_words", { name: contact.name ?? t("somebody") }));
  const { close } = openDialog({ title: t("merge"), content: [words, ...finder(look, t("find_person")), preview] });
}
