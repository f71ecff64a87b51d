// The inbox: tabs with counts, search and filters that stand in the address, and the list of threads.

/** @import { App } from "../app.js" */
/** @import { Filter } from "../data/thread_list.js" */
/** @import { RowEntry } from "./row.js" */
/** @import { Key } from "../text/words.js" */

import { NOTHING, TABS, narrowed, readFilter, writeFilter } from "../data/thread_list.js";
import { el, fill } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { VirtualList } from "../dom/virtual_list.js";
import { number, t } from "../text/words.js";
import { filters } from "./filters.js";
import { ROW_HEIGHT, row } from "./row.js";

const TYPING_MS = 250;
/** So far from the end the next page is asked for. */
const AHEAD = 30;

/** @param {App} app */
export function inboxPane(app) {
  const tabs = el("div", { class: "tabs", role: "tablist", "aria-label": t("inbox_tabs") });
  const search = el("input", { type: "search", placeholder: t("search_placeholder"), "aria-label": t("search"), enterkeyhint: "search" });
  const unfold = el("button", { type: "button", class: "quiet square", "aria-label": t("filters"), "aria-expanded": "false" }, icon("filter"));
  const filterBox = el("div", { class: "filters", hidden: true });
  const scroller = el("div", { class: "scroller", tabindex: "0", role: "listbox", "aria-label": t("nav_inbox"), id: "inbox-list" });
  const pill = el("button", { type: "button", class: "new-pill", hidden: true }, icon("down", "small"));
  const empty = el("div", { class: "empty", hidden: true });
  const listFrame = el("div", { class: "log-frame" }, scroller, empty, pill);
  const heading = el("header", { class: "top" }, el("h1", { class: "for-readers" }, t("nav_inbox")), el("div", { class: "search grow" }, icon("search", "small"), search), unfold);
  const pane = el("section", { class: "pane inbox", "aria-label": t("nav_inbox") }, heading, tabs, filterBox, listFrame);
  /** The row that the keyboard stands on. @type {string | null} */
  let at = app.open;
  let fresh = 0;
  let top = "";

  /** @type {VirtualList<RowEntry>} */
  const list = new VirtualList({
    scroller,
    draw: (entry) => row(entry, app.store.me?.user_id),
    estimate: () => ROW_HEIGHT,
    role: "presentation",
    drawn: () => {
      const last = list?.entries.length ?? 0;
      if (last > 0 && scroller.scrollTop + scroller.clientHeight > (last - AHEAD) * ROW_HEIGHT) void app.list.more();
    },
  });

  const filter = () => readFilter(app.router.current.query);
  /** @param {Partial<Filter>} change */
  const narrow = (change) => {
    const id = app.open;
    const path = (id ? app.router.thread(id) : "") + writeFilter({ ...filter(), ...change });
    app.router.go(path, { replace: true });
  };

  /** Rows that did not change keep their object, and with it their node. @type {Map<string, RowEntry>} */
  let known = new Map();
  const draw = () => {
    app.list.reconcile(app.open);
    const minute = Math.floor(Date.now() / 60_000);
    const next = new Map();
    const of = app.list.complete ? app.list.ids.length : -1;
    const entries = app.list.ids.flatMap((id, index) => {
      const thread = app.store.threads.get(id);
      if (!thread) return [];
      const draft = app.drafts.get(id).reply !== "" && id !== app.open;
      /** @type {RowEntry} */
      const entry = { key: id, thread, chosen: id === (app.open ?? at), place: index + 1, of, draft, minute };
      const before = known.get(id);
      const same = before && Object.entries(entry).every(([name, value]) => before[/** @type {keyof RowEntry} */ (name)] === value);
      next.set(id, same ? before : entry);
      return [same ? before : entry];
    });
    known = next;
    list.set(entries);
    const now = entries[0]?.key ?? "";
    if (now !== top && top !== "" && scroller.scrollTop > ROW_HEIGHT) fresh += 1;
    if (scroller.scrollTop <= ROW_HEIGHT) fresh = 0;
    top = now;
    pill.hidden = fresh === 0;
    fill(pill, icon("back", "small up"), t("new_above", { count: fresh }));
    const active = app.open ?? at;
    if (active && list.node(active)) scroller.setAttribute("aria-activedescendant", `row-${active}`);
    else scroller.removeAttribute("aria-activedescendant");
    nothing(entries.length);
  };

  /** @param {number} count */
  const nothing = (count) => {
    empty.hidden = count > 0;
    if (count > 0) return;
    if (app.list.state === "failed") fill(empty, icon("alert"), el("h2", {}, t("list_failed")), button(t("retry_now"), () => void app.list.load()));
    else if (!app.list.loaded) fill(empty, skeleton());
    else if (narrowed(filter())) fill(empty, icon("search"), el("h2", {}, t("no_results")), el("p", {}, t("no_results_words")), button(t("clear_filters"), clear));
    else if (filter().tab !== NOTHING.tab) fill(empty, icon("check"), el("h2", {}, t("inbox_zero")), el("p", {}, t("inbox_zero_words")));
    else fill(empty, icon("inbox"), el("h2", {}, t("no_threads")), el("p", {}, t("no_threads_words")));
  };
  const clear = () => {
    search.value = "";
    narrow({ ...NOTHING, tab: filter().tab });
  };

  const drawTabs = () => {
    const chosen = filter().tab;
    const tab = (/** @type {string} */ name) => {
      const count = app.store.counts[name];
      const words = t(/** @type {Key} */ (`tab_${name}`));
      const tail = el("span", { class: "number" }, count === undefined ? "" : number(count));
      const state = { "aria-selected": String(name === chosen), tabindex: name === chosen ? "0" : "-1" };
      return el("button", { type: "button", role: "tab", ...state, "aria-controls": "inbox-list", data: { focus: name }, onclick: () => narrow({ tab: name }) }, el("span", {}, words), " ", tail);
    };
    fill(tabs, TABS.map(tab));
    unfold.classList.toggle("bad", narrowed({ ...filter(), search: "" }));
  };

  let typing = 0;
  search.value = filter().search;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = Number(setTimeout(() => narrow({ search: search.value }), TYPING_MS));
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && search.value !== "") {
      search.value = "";
      narrow({ search: "" });
    } else if (event.key === "ArrowDown" || event.key === "Escape") scroller.focus();
    else return;
    event.preventDefault();
  });
  unfold.addEventListener("click", () => {
    filterBox.hidden = !filterBox.hidden;
    unfold.setAttribute("aria-expanded", String(!filterBox.hidden));
    if (!filterBox.hidden) fill(filterBox, filters(app, filter(), narrow));
  });
  tabs.addEventListener("keydown", (event) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const next = TABS[(TABS.indexOf(/** @type {any} */ (filter().tab)) + way + TABS.length) % TABS.length];
    narrow({ tab: next });
  });

  const openRow = (/** @type {string} */ id) => app.router.go(app.router.thread(id) + writeFilter(filter()));
  scroller.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest(".thread-row") : null;
    const id = target instanceof HTMLElement ? target.dataset.thread : undefined;
    if (id) openRow(id);
  });
  scroller.addEventListener("keydown", (event) => {
    const page = Math.max(1, Math.floor(scroller.clientHeight / ROW_HEIGHT) - 1);
    const ids = app.list.ids;
    const now = ids.indexOf(at ?? app.open ?? "");
    const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: ids.length - 1, PageDown: now + page, PageUp: now - page }[event.key];
    if (event.key === "Enter" && at) openRow(at);
    else if (to === undefined) return;
    else stand(Math.min(ids.length - 1, Math.max(0, to)));
    event.preventDefault();
  });

  /** @param {number} index */
  const stand = (index) => {
    const id = app.list.ids[index];
    if (!id) return;
    at = id;
    if (app.open && innerWidth >= 768) openRow(id);
    else draw();
    list.show(id);
    if (list.node(id)) scroller.setAttribute("aria-activedescendant", `row-${id}`);
  };
  /** For `j` and `k` from anywhere. @param {number} way */
  const step = (way) => {
    const now = app.list.ids.indexOf(app.open ?? at ?? "");
    stand(Math.min(app.list.ids.length - 1, Math.max(0, now + way)));
  };
  app.store.on("step-down", () => step(1));
  app.store.on("step-up", () => step(-1));
  app.store.on("open-row", () => at && openRow(at));
  app.store.on("focus-search", () => search.focus());
  app.store.on("focus-list", () => scroller.focus());

  pill.addEventListener("click", () => {
    fresh = 0;
    scroller.scrollTop = 0;
    pill.hidden = true;
  });
  scroller.addEventListener("scroll", () => {
    if (scroller.scrollTop <= ROW_HEIGHT && fresh > 0) {
      fresh = 0;
      pill.hidden = true;
    }
  }, { passive: true });
  for (const topic of ["threads", "list"]) app.store.on(topic, draw);
  app.store.on("counts", drawTabs);
  app.store.on("filter", drawTabs);
  app.store.on("route", () => {
    at = app.open ?? at;
    drawTabs();
    draw();
  });
  setInterval(draw, 60_000);
  drawTabs();
  draw();
  return pane;
}

/**
 * @param {string} words
 * @param {() => void} run
 */
const button = (words, run) => el("button", { type: "button", onclick: run }, words);

const skeleton = () => el("div", { class: "skeleton", "aria-hidden": "true" }, Array.from({ length: 8 }, () => el("i")));
