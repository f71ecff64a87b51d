// Who the conversation is with: identities, roles, customer; linking, unlinking and merging.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */
/** @import { Thread } from "../data/shapes.js" */

import { Failure } from "../data/api.js";
import { el, fill, said } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { openMenu } from "../dom/menu.js";
import { toast } from "../dom/toast.js";
import { agentName, channelName, identity, identityKind, initials, nameOf, personName, roles, tint } from "../text/names.js";
import { date } from "../text/time.js";
import { t } from "../text/words.js";
import { linkDialog, mergeDialog } from "./link.js";
import { section } from "./rail.js";
import { eraseDialog, exportPerson, whoWrites } from "./rights.js";

/**
 * @param {App} app
 * @param {string} id
 * @param {Scope} scope
 */
export function personSection(app, id, scope) {
  const body = el("div");
  const more = el("button", { type: "button", class: "quiet square", "aria-label": t("person_more"), "aria-haspopup": "menu", "aria-expanded": "false" }, icon("more", "small"));
  const node = section(t("person"), more, body);
  more.addEventListener("click", () => {
    const thread = app.store.threads.get(id);
    if (thread) openMenu(more, verbs(app, thread), t("person_more"));
  });
  const draw = () => {
    const thread = app.store.threads.get(id);
    more.hidden = !app.store.may("contact.edit");
    if (thread) fill(body, facts(app, thread));
  };
  app.store.on(`thread:${id}`, draw, scope.signal);
  app.store.on("me", draw, scope.signal);
  draw();
  return node;
}

/**
 * @param {App} app
 * @param {Thread} thread
 */
function facts(app, thread) {
  const name = nameOf(thread);
  const what = roles(thread.contact) || t("stranger");
  const head = el("div", { class: "person" }, el("span", { class: "avatar big", "aria-hidden": "true", data: { tint: tint(name) } }, initials(name)), el("div", { class: "grow" }, el("h2", {}, said(name)), el("div", { class: "soft" }, what)));
  const identities = (thread.contact?.identities ?? []).flatMap((one) => [el("dt", {}, identityKind(one.kind)), el("dd", {}, value(one))]);
  /** @type {Node[]} */
  const rows = [...identities];
  if (identities.length === 0) rows.push(el("dt", {}, channelName(thread.channel)), el("dd", {}, value({ kind: "phone", value: thread.address })));
  if (thread.customer) rows.push(el("dt", {}, t("customer")), el("dd", {}, el("a", { href: `/console/customers/${encodeURIComponent(thread.customer.id)}` }, said(personName(thread.customer.name))), el("span", { class: "faint" }, ` ${thread.customer.id}`)));
  if (thread.contact?.language) rows.push(el("dt", {}, t("language")), el("dd", {}, new Intl.DisplayNames(document.documentElement.lang, { type: "language" }).of(thread.contact.language) ?? ""));
  rows.push(el("dt", {}, t("agent")), el("dd", {}, agentName(thread.agent)), el("dt", {}, t("known_since")), el("dd", {}, date(thread.created_at)));
  const link = el("button", { type: "button", onclick: () => linkDialog(app, thread) }, icon("link", "small"), t("link_person"));
  const unlinked = !known(thread) && app.store.may("contact.edit");
  return [head, el("dl", { class: "facts inline-form" }, rows), unlinked ? link : null];
}

/** @param {import("../data/shapes.js").Identity} one */
function value(one) {
  const words = identity(one);
  const phone = one.kind === "phone" || one.kind === "wa_id";
  return phone && /\d{7}/.test(one.value) ? el("a", { href: `tel:+${one.value.replace(/\D/g, "")}` }, words) : said(words);
}

/**
 * @param {App} app
 * @param {Thread} thread
 * @returns {import("../dom/menu.js").Item[]}
 */
function verbs(app, thread) {
  const { contact, customer } = thread;
  const person = known(thread);
  /** @type {import("../dom/menu.js").Item[]} */
  const items = [{ label: t(person ? "link_other" : "link_person"), icon: "link", run: () => linkDialog(app, thread) }];
  if (contact) items.push({ label: t("open_person"), icon: "person", run: () => app.router.go(`/people/${contact.id}`) });
  if (contact && app.store.may("contact.merge")) items.push({ label: t("merge"), icon: "merge", run: () => mergeDialog(app, contact) });
  if (person && contact) items.push({ label: t("unlink_person"), icon: "unlink", run: () => void unlink(app, thread, "person", { contact_id: contact.id }) });
  if (customer) items.push({ label: t("unlink_customer"), icon: "unlink", run: () => void unlink(app, thread, "customer", { customer_id: customer.id }) });
  if (contact && app.store.may("contact.export")) items.push("line", { label: t("export_person"), icon: "file", run: () => exportPerson(whoWrites(contact)) });
  if (contact && app.store.may("contact.erase")) items.push({ label: t("erase_person"), icon: "trash", run: () => void eraseDialog(app, whoWrites(contact)) });
  return items;
}

/** Whether staff know who it is: strangers have a record too, but no role. @param {Thread} thread */
const known = (thread) => (thread.contact?.roles.length ?? 0) > 0;

/**
 * @param {App} app
 * @param {Thread} thread
 * @param {"person" | "customer"} what
 * @param {Record<string, unknown>} again what takes it back
 */
async function unlink(app, thread, what, again) {
  const undo = app.store.presume(thread.id, what === "person" ? { contact: null } : { customer: null });
  try {
    app.store.putThread(await app.api.delete(`/threads/${thread.id}/link-person?what=${what}`), app.live.seq);
    toast(t("unlinked"), { label: t("undo"), run: () => void link(app, thread.id, again) });
  } catch (error) {
    undo();
    toast(error instanceof Failure ? error.words : t("problem_server"));
  }
}

/**
 * @param {App} app
 * @param {string} id of a thread
 * @param {Record<string, unknown>} whom as the server takes it
 */
export async function link(app, id, whom) {
  const thread = app.store.threads.get(id);
  try {
    // Whoever is linked has to go first, unless it is a customer that is added.
    if (thread && known(thread) && !("customer_id" in whom)) await app.api.delete(`/threads/${id}/link-person?what=person`);
    app.store.putThread(await app.api.post(`/threads/${id}/link-person`, whom), app.live.seq);
    return true;
  } catch (error) {
    app.staleThread(id);
    toast(error instanceof Failure ? error.words : t("problem_server"));
    return false;
  }
}
