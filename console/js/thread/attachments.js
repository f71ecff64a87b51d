// Files chosen for a message: uploaded while one writes, with progress, and refused before that where it must be.

/** @import { Part } from "../data/shapes.js" */

import { refusal, upload } from "../data/uploads.js";
import { el, fill } from "../dom/el.js";
import { icon } from "../dom/icon.js";
import { toast } from "../dom/toast.js";
import { t } from "../text/words.js";

const MOST = 10;

/** @typedef {{file: File, part: number, id: string | null, cancel: () => void, url: string | null, bar: HTMLProgressElement}} Attached */

export class Attachments {
  /** @type {Attached[]} */
  #files = [];
  node = el("div", { class: "attachments", hidden: true });

  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
  }

  get count() {
    return this.#files.length;
  }

  get busy() {
    return this.#files.some((one) => one.id === null);
  }

  /** @param {File[]} files */
  add(files) {
    for (const file of files) {
      const why = this.#files.length >= MOST ? t("upload_most", { count: MOST }) : refusal(file);
      if (why) toast(why);
      else this.#begin(file);
    }
    this.#draw();
  }

  /** What is uploaded, for the message; empties the list. */
  take() {
    const taken = this.#files.flatMap(({ id, file, url }) => (id ? [{ id, preview: preview(file, url) }] : []));
    this.#files = [];
    this.#draw();
    return taken;
  }

  /** @param {File} file */
  #begin(file) {
    const bar = el("progress", { max: "1", value: "0", "aria-label": t("uploading", { name: file.name }) });
    const { done, cancel } = upload(file, (part) => (bar.value = part));
    const picture = file.type.startsWith("image/");
    /** @type {Attached} */
    const attached = { file, part: 0, id: null, cancel, url: picture ? URL.createObjectURL(file) : null, bar };
    this.#files.push(attached);
    done.then(
      (told) => {
        attached.id = told.id;
        this.#draw();
      },
      (error) => {
        this.#files = this.#files.filter((one) => one !== attached);
        if (error.name !== "AbortError") toast(error.message);
        this.#draw();
      },
    );
  }

  #draw() {
    this.node.hidden = this.#files.length === 0;
    fill(this.node, this.#files.map((one) => this.#item(one)));
    this.changed();
  }

  /** @param {Attached} one */
  #item(one) {
    const drop = el("button", { type: "button", class: "quiet", "aria-label": t("remove_file", { name: one.file.name }) }, icon("close", "small"));
    drop.addEventListener("click", () => {
      one.cancel();
      this.#files = this.#files.filter((other) => other !== one);
      this.#draw();
    });
    const shape = one.url ? el("img", { src: one.url, alt: "" }) : icon("file", "small");
    return el("div", { class: "attachment" }, shape, el("span", { class: "cut" }, one.file.name), one.id ? null : one.bar, drop);
  }
}

/**
 * @param {File} file
 * @param {string | null} url
 * @returns {Part}
 */
function preview(file, url) {
  const group = file.type.split("/")[0] ?? "";
  const kind = ["image", "audio", "video"].includes(group) ? group : "document";
  return url ? { type: "media", kind, name: file.name, mime: file.type, url } : { type: "media", kind: "document", name: file.name, mime: file.type, bytes: file.size, url: "#" };
}
