// A picture over the whole window; arrow keys go to the thread's other pictures that are drawn.

import { el } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { t } from "../text/words.js";

/**
 * @param {HTMLElement} button the picture that was pressed
 * @param {string} url
 * @param {string} name
 */
export function lightbox(button, url, name) {
  const all = [.../** @type {NodeListOf<HTMLElement>} */ (button.closest(".log")?.querySelectorAll(".picture:not(video)") ?? [])];
  let at = Math.max(0, all.indexOf(button));
  const image = el("img", { src: url, alt: name });
  const title = el("h2", { class: "cut" }, name);
  const close = el("button", { type: "button", class: "square", "aria-label": t("close") }, icon("close"));
  const save = el("a", { href: url, download: "", class: "for-readers" }, t("download"));
  const node = el("dialog", { class: "lightbox", "aria-label": t("picture") }, el("header", {}, title, save, close), image);
  const turn = (/** @type {number} */ way) => {
    const next = all[(at + way + all.length) % all.length]?.querySelector("img");
    if (!next) return;
    at = (at + way + all.length) % all.length;
    image.src = next.src;
    image.alt = next.alt;
    title.textContent = next.alt;
  };
  node.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") turn(1);
    if (event.key === "ArrowLeft") turn(-1);
  });
  node.addEventListener("click", (event) => event.target === node && node.close());
  node.addEventListener("close", () => node.remove());
  close.addEventListener("click", () => node.close());
  document.body.append(node);
  node.showModal();
}
