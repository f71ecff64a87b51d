// Tasks: what is to be done, by whom, until when. The same list in the rail of a thread and on the page of all.

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
  const form = taskForm(app, thread, (task) => put(task));
  form.hidden = true;
  const add = el("button", { type: "button", class: "quiet", "aria-label": t("add_task"), "aria-expanded": "false" }, icon("plus", "small"));
  add.addEventListener("click", () => {
    form.hidden = !form.hidden;
    add.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.querySelector("input")?.focus();
  });
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
    fill(list, tasks.length > 0 ? tasks.map(line) : el("p", { class: "faint" }, t("no_tasks")));
  };
  const line = (/** @type {Task} */ task) => {
    const box = el("input", { type: "checkbox", "aria-label": t("task_done", { title: task.title }), data: { focus: `task-${task.id}` } });
    box.checked = task.done;
    box.disabled = !app.store.may("thread.note");
    box.addEventListener("change", () => void change(task, { done: box.checked }));
    const overdue = !task.done && task.due_at !== null && Date.parse(task.due_at) < Date.now();
    const due = task.due_at ? el("time", { class: overdue ? "overdue" : "", datetime: task.due_at, title: exact(task.due_at) }, t(overdue ? "overdue" : "due", { at: dateAndTime(task.due_at) })) : null;
    const where = thread || !task.thread_id ? null : el("a", { href: `/console/conversations/${task.thread_id}` }, t("to_thread"));
    const facts = [due, task.assignee?.name, where].filter(Boolean).flatMap((one, index) => [index > 0 ? " · " : null, one]);
    return el("div", { class: `item ${task.done ? "done" : ""}` }, box, el("div", { class: "grow" }, said(task.title), facts.length > 0 ? el("small", {}, facts) : null));
  };
  const change = async (/** @type {Task} */ task, /** @type {Partial<Task>} */ what) => {
    put({ ...task, ...what });
    try {
      put(await app.api.patch(`/tasks/${task.id}`, what));
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

/**
 * @param {App} app
 * @param {string | undefined} thread
 * @param {(task: Task) => void} added
 */
function taskForm(app, thread, added) {
  const title = el("input", { type: "text", required: true, maxlength: "300", placeholder: t("task_title"), "aria-label": t("task_title") });
  const due = el("input", { type: "datetime-local", "aria-label": t("task_due"), min: forInput(new Date()) });
  const who = el("select", { "aria-label": t("assign") });
  const form = el("form", { class: "inline-form" }, title, el("div", { class: "row wrap due" }, due, who), el("div", { class: "row" }, el("button", { type: "submit", class: "primary" }, t("add"))));
  const people = () => fill(who, el("option", { value: "" }, t("nobody")), app.store.users.map((user) => el("option", { value: user.user_id }, user.name)));
  who.addEventListener("focus", people, { once: true });
  people();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = { title: title.value.trim(), due_at: due.value ? new Date(due.value).toISOString() : null, assignee: who.value || null };
    app.api.post(`/threads/${thread}/tasks`, body, { key: once() }).then(
      (task) => {
        form.reset();
        added(task);
      },
      (error) => toast(error instanceof Failure ? error.words : t("problem_server")),
    );
  });
  return form;
}
