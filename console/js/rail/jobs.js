// Jobs that belong to the person of a thread.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { el, fill, said } from "../dom/el.js";
import { brief } from "../text/time.js";
import { maybe, t } from "../text/words.js";
import { section } from "./rail.js";

/**
 * @param {App} app
 * @param {string} id
 * @param {Scope} scope
 */
export function jobsSection(app, id, scope) {
  const list = el("div", { class: "items" });
  const node = section(t("nav_jobs"), null, list);
  node.hidden = true;
  let asked = "";
  const read = async () => {
    const thread = app.store.threads.get(id);
    const technician = thread?.contact?.roles.includes("technician") ? thread.contact.name : null;
    const query = thread?.customer ? { customer_id: thread.customer.id } : technician ? { search: technician } : null;
    if (!query) return void (node.hidden = true);
    try {
      const { items } = await app.api.get("/jobs", { ...query, limit: 8 });
      node.hidden = items.length === 0;
      fill(list, items.map(line));
    } catch {
      node.hidden = true;
    }
  };
  const draw = () => {
    const thread = app.store.threads.get(id);
    const now = `${thread?.customer?.id} ${thread?.contact?.id} ${thread?.contact?.name}`;
    if (now === asked) return;
    asked = now;
    void read();
  };
  app.store.on(`thread:${id}`, draw, scope.signal);
  app.store.on("scope:job", () => void read(), scope.signal);
  draw();
  return node;
}

/** @param {any} job */
function line(job) {
  const state = el("span", { class: `chip ${{ invoiced: "good", rejected: "bad", deferred: "warn" }[/** @type {string} */ (job.state)] ?? ""}` }, maybe(`job_${job.state}`) ?? job.state);
  const text = el("span", { class: "grow" }, el("a", { href: `/console/jobs/${encodeURIComponent(job.id)}` }, job.id), el("span", { class: "cut" }, said(job.work_done ?? "")), el("small", {}, brief(job.updated_at)));
  return el("div", { class: "item" }, text, state);
}
