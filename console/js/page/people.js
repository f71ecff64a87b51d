// People: everybody who writes or works here, found by name or number; one of them with identities and conversations.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { Failure } from "../data/api.js";
import { el, fill, said } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { toast } from "../dom/toast.js";
import { mergeDialog } from "../rail/link.js";
import { eraseDialog, exportPerson } from "../rail/rights.js";
import { identity, identityKind, initials, nameOf, personName, roleName, roles, tint } from "../text/names.js";
import { brief } from "../text/time.js";
import { t } from "../text/words.js";
import { moreButton, nothing, page, reading, table } from "./page.js";

const TYPING_MS = 250;

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
  const draw = (/** @type {any} */ told) => {
    const { items } = told;
    if (items.length === 0) return nothing("people", t(words() ? "no_results" : "no_people"), words() ? undefined : t("no_people_words"));
    const rows = items.map((/** @type {any} */ person) => {
      const name = personName(person.name) || t("somebody");
      const link = el("a", { href: `/console/people/${person.id}` }, said(name));
      return [el("span", { class: "row" }, el("span", { class: "avatar tiny", "aria-hidden": "true", data: { tint: tint(name) } }, initials(name)), link), roles(person), person.identities.map(identity).join(", ")];
    });
    const more = async () => {
      const next = await app.api.get("/contacts", { search: words(), limit: 100, cursor: told.next_cursor });
      fill(body, draw({ ...next, items: [...items, ...next.items] }));
    };
    return [table([t("name"), t("role"), t("identities")], rows, { label: t("nav_people") }), moreButton(told.next_cursor, () => void more())];
  };
  const run = reading(app, scope, body, () => app.api.get("/contacts", { search: words(), limit: 100 }), draw, ["people"]);
  let timer = 0;
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
    const facts = el("dl", { class: "facts" }, identities, person.customers.flatMap((/** @type {any} */ one) => [el("dt", {}, t("customer")), el("dd", {}, said(one.name), el("div", { class: "faint" }, [one.id, one.address, one.contract].filter(Boolean).join(" · ")))]));
    const merge = app.store.may("contact.merge") ? el("button", { type: "button", onclick: () => mergeDialog(app, person) }, icon("merge", "small"), t("merge")) : null;
    const copy = app.store.may("contact.export") ? el("button", { type: "button", onclick: () => exportPerson(person) }, icon("file", "small"), t("export_person")) : null;
    const erase = app.store.may("contact.erase") ? el("button", { type: "button", class: "danger", onclick: () => void eraseDialog(app, person) }, icon("trash", "small"), t("erase_person")) : null;
    const lines = person.threads.map((/** @type {any} */ thread) => el("div", { class: "state-line" }, el("a", { class: "grow", href: `/console/conversations/${thread.id}` }, said(nameOf(thread))), el("span", { class: "faint" }, thread.last ? brief(thread.last.at) : "")));
    return [
      el("div", { class: "panel" }, facts, app.store.may("contact.edit") ? form(app, person) : null, el("div", { class: "row wrap" }, merge)),
      el("h2", { class: "inline-form" }, t("nav_inbox")),
      lines.length > 0 ? el("div", {}, lines) : el("p", { class: "faint" }, t("no_threads")),
      copy || erase ? el("section", { class: "panel rights", "aria-label": t("rights") }, el("h2", {}, t("rights")), el("p", { class: "soft" }, t("rights_words")), el("div", { class: "row wrap" }, copy, erase)) : null,
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
