// People: everybody who writes or works here, and the customers of the firm's list, found by name or number; one of those who
// write with identities and conversations.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { Failure } from "../data/api.js";
import { el, fill, said } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { toast } from "../dom/toast.js";
import { mergeDialog } from "../rail/link.js";
import { rightsPanel, whoWrites } from "../rail/rights.js";
import { identity, identityKind, initials, nameOf, personName, roleName, roles, tint } from "../text/names.js";
import { brief } from "../text/time.js";
import { t } from "../text/words.js";
import { moreButton, nothing, page, reading, table } from "./page.js";

const TYPING_MS = 250;
const EACH = 100;
const LISTS = { people: "/contacts", customers: "/customers" };

/** @param {string} id */
export const customerPath = (id) => `/console/customers/${encodeURIComponent(id)}`;

/**
 * @param {App} app
 * @param {Scope} scope
 */
export function peoplePage(app, scope) {
  const { id } = app.router.current;
  return id ? one(app, scope, id) : all(app, scope);
}

/**
 * @param {App} app
 * @param {Scope} scope
 */
function all(app, scope) {
  const search = el("input", { type: "search", placeholder: t("find_person"), "aria-label": t("find_person"), value: app.router.current.query.get("search") ?? "" });
  const { node, body } = page(t("nav_people"), { verbs: [el("div", { class: "search" }, icon("search", "small"), search)] });
  const words = () => search.value.trim();
  const draw = (/** @type {{people: any, customers: any}} */ { people, customers }) => {
    if (people.items.length + customers.items.length === 0) return nothing("people", t(words() ? "no_results" : "no_people"), words() ? undefined : t("no_people_words"));
    const more = async (/** @type {"people" | "customers"} */ which, /** @type {any} */ told) => {
      const next = await app.api.get(LISTS[which], { search: words(), limit: EACH, cursor: told.next_cursor });
      const longer = { ...next, items: [...told.items, ...next.items] };
      fill(body, draw(which === "people" ? { people: longer, customers } : { people, customers: longer }));
    };
    return [
      people.items.length > 0 ? table([t("name"), t("role"), t("identities")], people.items.map(personRow), { label: t("nav_people") }) : null,
      moreButton(people.next_cursor, () => void more("people", people)),
      customers.items.length > 0 ? el("section", {}, el("h2", { class: "inline-form" }, t("customer_list")), table([t("name"), t("address"), t("phone")], customers.items.map(customerRow), { label: t("customer_list") })) : null,
      moreButton(customers.next_cursor, () => void more("customers", customers)),
    ];
  };
  const read = async () => {
    const [people, customers] = await Promise.all([LISTS.people, LISTS.customers].map((path) => app.api.get(path, { search: words(), limit: EACH })));
    return { people, customers };
  };
  const run = reading(app, scope, body, read, draw, ["people"]);
  let timer = 0;
  // Whoever has gone on meanwhile is not called back.
  scope.add(() => clearTimeout(timer));
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = Number(setTimeout(() => {
      app.router.go(`/people${words() ? `?search=${encodeURIComponent(words())}` : ""}`, { replace: true });
      void run();
    }, TYPING_MS));
  });
  return node;
}

/**
 * @param {string} name
 * @param {string} href
 */
function named(name, href) {
  return el("span", { class: "row" }, el("span", { class: "avatar tiny", "aria-hidden": "true", data: { tint: tint(name) } }, initials(name)), el("a", { href }, said(name)));
}

/** @param {any} person */
function personRow(person) {
  return [named(personName(person.name) || t("somebody"), `/console/people/${person.id}`), roles(person), person.identities.map(identity).join(", ")];
}

/** @param {import("../data/shapes.js").Customer} one */
function customerRow(one) {
  return [named(personName(one.name) || t("somebody"), customerPath(one.id)), said(one.address), said(one.phone)];
}

/**
 * @param {App} app
 * @param {Scope} scope
 * @param {string} id
 */
function one(app, scope, id) {
  const { node, body, top } = page(t("person"), { narrow: true, verbs: [el("a", { href: "/console/people" }, t("nav_people"))] });
  const read = async () => {
    const person = await app.api.get(`/contacts/${id}`);
    for (const thread of person.threads) app.store.putThread(thread, person.as_of_seq);
    return person;
  };
  const draw = (/** @type {any} */ person) => {
    const heading = top.querySelector("h1");
    if (heading) heading.textContent = personName(person.name) || t("somebody");
    const identities = person.identities.flatMap((/** @type {any} */ one) => [el("dt", {}, identityKind(one.kind)), el("dd", {}, identity(one))]);
    const facts = el("dl", { class: "facts" }, identities, person.customers.flatMap((/** @type {any} */ one) => [el("dt", {}, t("customer")), el("dd", {}, el("a", { href: customerPath(one.id) }, said(personName(one.name))), el("div", { class: "faint" }, [one.id, one.address, one.contract].filter(Boolean).join(" · ")))]));
    const merge = app.store.may("contact.merge") ? el("button", { type: "button", onclick: () => mergeDialog(app, person) }, icon("merge", "small"), t("merge")) : null;
    const lines = person.threads.map((/** @type {any} */ thread) => el("div", { class: "state-line" }, el("a", { class: "grow", href: `/console/conversations/${thread.id}` }, said(nameOf(thread))), el("span", { class: "faint" }, thread.last ? brief(thread.last.at) : "")));
    return [
      el("div", { class: "panel" }, facts, app.store.may("contact.edit") ? form(app, person) : null, el("div", { class: "row wrap" }, merge)),
      el("h2", { class: "inline-form" }, t("nav_inbox")),
      lines.length > 0 ? el("div", {}, lines) : el("p", { class: "faint" }, t("no_threads")),
      rightsPanel(app, whoWrites(person)),
    ];
  };
  reading(app, scope, body, read, draw, ["people"]);
  return node;
}

/**
 * @param {App} app
 * @param {any} person
 */
function form(app, person) {
  const name = el("input", { type: "text", required: true, maxlength: "200", value: person.name ?? "" });
  const language = el("select", {}, [["", t("any")], ["de", "Deutsch"], ["en", "English"]].map(([value, label]) => el("option", { value }, label ?? "")));
  language.value = person.language ?? "";
  const boxes = ["customer", "technician", "office"].map((role) => {
    const box = el("input", { type: "checkbox", value: role });
    box.checked = person.roles.includes(role);
    return box;
  });
  const save = el("button", { type: "submit", class: "primary" }, t("save"));
  const node = el("form", { class: "form" }, el("label", { class: "field" }, t("name"), name), el("label", { class: "field" }, t("language"), language), el("fieldset", { class: "row wrap" }, el("legend", {}, t("role")), boxes.map((box) => el("label", { class: "row" }, box, roleName(box.value)))), el("div", { class: "row" }, save));
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    /** @type {Record<string, unknown>} */
    const change = {};
    if (name.value.trim() !== (person.name ?? "")) change.name = name.value.trim();
    if (language.value && language.value !== person.language) change.language = language.value;
    const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
    if (chosen.join() !== person.roles.filter((/** @type {string} */ role) => chosen.includes(role) || boxes.some((box) => box.value === role)).join()) change.roles = chosen;
    if (Object.keys(change).length === 0) return;
    save.disabled = true;
    app.api.patch(`/contacts/${person.id}`, change).then(
      () => {
        toast(t("saved"));
        app.store.changed("people");
      },
      (error) => {
        save.disabled = false;
        toast(error instanceof Failure ? error.words : t("problem_server"));
      },
    );
  });
  return node;
}
