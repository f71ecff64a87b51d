// A modal dialog on the platform's own <dialog>: focus stays in it and goes back where it was.

import { t } from "../text/words.js";
import { el } from "./el.js";
import { icon } from "./icon.js";

/**
 * @param {{title: string, content: Node[], footer?: Node[], kind?: string, closed?: () => void}} what
 * @returns {{node: HTMLDialogElement, close: () => void}}
 */
export function openDialog({ title, content, footer = [], kind = "", closed }) {
  const node = el("dialog", { class: kind, "aria-label": title });
  const close = () => node.close();
  const shut = el("button", { type: "button", class: "quiet square", "aria-label": t("close"), onclick: close }, icon("close"));
  node.append(el("header", {}, el("h2", {}, title), shut), el("div", { class: "content" }, content));
  if (footer.length > 0) node.append(el("footer", {}, footer));
  node.addEventListener("click", (event) => event.target === node && close());
  node.addEventListener("close", () => {
    node.remove();
    closed?.();
  });
  document.body.append(node);
  node.showModal();
  return { node, close };
}

/**
 * Asks before something that cannot be taken back.
 * @param {string} title
 * @param {string} words
 * @param {string} verb
 * @returns {Promise<boolean>}
 */
export function confirm(title, words, verb) {
  return new Promise((resolve) => {
    let answer = false;
    const yes = el("button", { type: "button", class: "danger" }, verb);
    const no = el("button", { type: "button" }, t("cancel"));
    const { close } = openDialog({
      title,
      content: [el("p", {}, words)],
      footer: [no, yes],
      closed: () => resolve(answer),
    });
    no.addEventListener("click", close);
    yes.addEventListener("click", () => {
      answer = true;
      close();
    });
  });
}
