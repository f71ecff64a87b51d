// Jobs that belong to the person of a thread.

/** @import { App } from "../app.js" */
/** @import { Scope } from "../dom/scope.js" */

import { el, fill, said } from "../dom/el.js";
import { kept, personName } from "../text/names.js";
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
    if (!thread) return;
    try {
      // A customer's jobs, or those that were reported here.
      const items = thread.customer ? (await app.api.get("/jobs", { customer_id: thread.customer.id, limit: 8 })).items : (await app.api.get(`/threads/${id}`)).jobs;
      node.hidden = items.length === 0;
      fill(list, items.map(line));
    } catch {
      node.hidden = true;
    }
  };
  const draw = () => {
    const thread = app.store.threads.get(id);
    const now = `${thread?.customer?.id} ${thread?.contact?.id} ${thread?.last?.message_id}`;
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
  const text = el("span", { class: "grow" }, el("a", { href: `/console/jobs/${encodeURIComponent(job.id)}` }, job.id), el("span", { class: "cut" }, said(kept(job.work_done, job.erased) || personName(job.customer) || job.location || t("no_work_done"))), job.updated_at ? el("small", {}, brief(job.updated_at)) : null);
  return el("div", { class: "item" }, text, state);
}
