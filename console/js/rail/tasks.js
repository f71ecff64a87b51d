// Tasks: what is to be done, by whom, until when; each is changed where it stands. The same list in the rail of a thread and
// on the page of all.

/** @import { App } from "../app.js" */
/** @import { Task } from "../data/shapes.js" */
/** @import { Scope } from "../dom/scope.js" */

import { Failure, once } from "../data/api.js";
import { el, fill, said } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { toast } from "../dom/toast.js";
import { dateAndTime, exact, forInput } from "../text/time.js";
import { t } from "../text/words.js";
import { section } from "./rail.js";

/**
 * @param {App} app
 * @param {{thread?: string, query?: Record<string, string>}} which
 * @param {Scope} scope
 */
export function tasksSection(app, { thread, query = {} }, scope) {
  const list = el("div", { class: "items" });
  const create = async (/** @type {Wish} */ wish) => put(await app.api.post(`/threads/${thread}/tasks`, wish, { key: once() }));
  const form = taskForm(app, null, create);
  form.hidden = true;
  const add = el("button", { type: "button", class: "quiet", "aria-label": t("add_task"), "aria-expanded": "false" }, icon("plus", "small"));
  add.addEventListener("click", () => {
    form.hidden = !form.hidden;
    add.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.querySelector("input")?.focus();
  });
  /** The one that is being changed: its form outlives news of others. @type {{id: string, node: HTMLFormElement} | null} */
  let editing = null;
  const node = section(t("tasks"), add, form, list);
  /** @type {Task[]} */
  let tasks = [];

  const put = (/** @type {Task} */ task) => {
    tasks = [...tasks.filter((one) => one.id !== task.id), task];
    draw();
  };
  const draw = () => {
    add.hidden = !app.store.may("thread.note") || !thread;
    const order = (/** @type {Task} */ task) => `${task.done ? 1 : 0} ${task.due_at ?? "9"} ${task.id}`;
    tasks.sort((a, b) => (order(a) < order(b) ? -1 : 1));
    if (!tasks.some((task) => task.id === editing?.id)) editing = null;
    fill(list, tasks.length > 0 ? tasks.map((task) => (editing?.id === task.id ? editing.node : line(task))) : el("p", { class: "faint" }, t("no_tasks")));
  };
  const edit = (/** @type {Task} */ task) => {
    const end = () => {
      editing = null;
      draw();
      /** @type {HTMLElement | null} */ (list.querySelector(`[data-focus="task-edit-${task.id}"]`))?.focus();
    };
    const save = async (/** @type {Wish} */ wish) => {
      const who = app.store.users.find((user) => user.user_id === wish.assignee) ?? (wish.assignee === task.assignee?.user_id ? task.assignee : null);
      end();
      await change(task, wish, { ...wish, assignee: who });
    };
    editing = { id: task.id, node: taskForm(app, task, save, end) };
    draw();
    editing.node.querySelector("input")?.focus();
  };
  const line = (/** @type {Task} */ task) => {
    const box = el("input", { type: "checkbox", "aria-label": t("task_done", { title: task.title }), data: { focus: `task-${task.id}` } });
    box.checked = task.done;
    box.disabled = !app.store.may("thread.note");
    box.addEventListener("change", () => void change(task, { done: box.checked }, { done: box.checked }));
    const overdue = !task.done && task.due_at !== null && Date.parse(task.due_at) < Date.now();
    const due = task.due_at ? el("time", { class: overdue ? "overdue" : "", datetime: task.due_at, title: exact(task.due_at) }, t(overdue ? "overdue" : "due", { at: dateAndTime(task.due_at) })) : null;
    const where = thread || !task.thread_id ? null : el("a", { href: `/console/conversations/${task.thread_id}` }, t("to_thread"));
    const facts = [due, task.assignee?.name, where].filter(Boolean).flatMap((one, index) => [index > 0 ? " · " : null, one]);
    const pencil = el("button", { type: "button", class: "quiet", "aria-label": t("task_edit", { title: task.title }), hidden: !app.store.may("thread.note"), data: { focus: `task-edit-${task.id}` } }, icon("edit", "small"));
    pencil.addEventListener("click", () => edit(task));
    return el("div", { class: `item ${task.done ? "done" : ""}` }, box, el("div", { class: "grow" }, said(task.title), facts.length > 0 ? el("small", {}, facts) : null), pencil);
  };
  /** Shown before the server answers, and taken back where it refuses. */
  const change = async (/** @type {Task} */ task, /** @type {object} */ wish, /** @type {Partial<Task>} */ presumed) => {
    put({ ...task, ...presumed });
    try {
      put(await app.api.patch(`/tasks/${task.id}`, wish));
    } catch (error) {
      put(task);
      toast(error instanceof Failure ? error.words : t("problem_server"));
    }
  };
  const read = async () => {
    try {
      const page = await app.api.get(thread ? `/threads/${thread}/tasks` : "/tasks", { ...query, limit: 100 });
      tasks = page.items;
      draw();
    } catch {
      // They come with the connection.
    }
  };
  app.store.on(thread ? `scope:task:${thread}` : "scope:task", () => void read(), scope.signal);
  app.store.on("me", draw, scope.signal);
  void read();
  return node;
}

/** A task as the server takes it. @typedef {{title: string, due_at: string | null, assignee: string | null}} Wish */

/**
 * @param {App} app
 * @param {Task | null} task that is changed; none: a new one
 * @param {(wish: Wish) => Promise<void>} save
 * @param {() => void} [end] without having changed anything
 */
function taskForm(app, task, save, end) {
  const title = el("input", { type: "text", required: true, maxlength: "300", placeholder: t("task_title"), "aria-label": t("task_title"), value: task?.title ?? "", data: { focus: "task-title" } });
  const due = el("input", { type: "datetime-local", "aria-label": t("task_due"), value: task?.due_at ? forInput(new Date(task.due_at)) : "", min: task ? null : forInput(new Date()), data: { focus: "task-due" } });
  const who = el("select", { "aria-label": t("assign"), data: { focus: "task-who" } });
  const cancel = end ? el("button", { type: "button", onclick: end }, t("cancel")) : null;
  const form = el("form", { class: "inline-form task-form", "aria-label": t(task ? "edit_task" : "add_task") }, title, el("div", { class: "row wrap due" }, due, who), el("div", { class: "row" }, el("button", { type: "submit", class: "primary" }, t(task ? "save" : "add")), cancel));
  const people = () => {
    const chosen = who.value || (task?.assignee?.user_id ?? "");
    const known = app.store.users.some((user) => user.user_id === chosen);
    const gone = task?.assignee && !known ? el("option", { value: task.assignee.user_id }, task.assignee.name) : null;
    fill(who, el("option", { value: "" }, t("nobody")), app.store.users.map((user) => el("option", { value: user.user_id }, user.name)), gone);
    who.value = chosen;
  };
  who.addEventListener("focus", people, { once: true });
  people();
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !end) return;
    event.stopPropagation();
    end();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wish = { title: title.value.trim(), due_at: due.value ? new Date(due.value).toISOString() : null, assignee: who.value || null };
    save(wish).then(() => form.reset(), (error) => toast(error instanceof Failure ? error.words : t("problem_server")));
  });
  return form;
}
