// Media, places and contacts inside a bubble.
// Files come from the sandbox only; a link of the business is shown as a link, never loaded.

import { act } from "./api.js";
import { el, icon } from "./dom.js";
import { rich } from "./text.js";

const url = (id) => `/sandbox/media/${encodeURIComponent(id)}`;

/** Parts for a kind that has more than words; undefined for kinds this file does not know. */
export function card(phone, message) {
  const content = message.content ?? {};
  const make = { image, sticker, video, audio, document: file, location, contacts, order }[message.kind];
  if (!make) return undefined;
  return [make(content, phone, message), caption(content)].flat();
}

function caption(content) {
  return content.caption ? el("p", { class: "words" }, ...rich(content.caption)) : null;
}

function image(content) {
  if (!content.id) return linked(content, "Photo", "image");
  return el(
    "a",
    { class: "photo", href: url(content.id), target: "_blank", rel: "noopener" },
    picture(content, content.caption || "Photo"),
  );
}

function picture(content, alt) {
  const node = el("img", { src: url(content.id), alt, loading: "lazy", testid: "image" });
  node.addEventListener("error", () =>
    node.replaceWith(el("span", { class: "missing" }, icon("image"), "Photo not available")),
  );
  node.addEventListener("load", () => node.closest(".chat")?.dispatchEvent(new Event("grown")));
  return node;
}

function sticker(content) {
  return content.id
    ? el("span", { class: "sticker-art" }, picture(content, "Sticker"))
    : linked(content, "Sticker", "image");
}

function video(content) {
  if (!content.id) return linked(content, "Video", "play");
  return el("video", {
    class: "film",
    src: url(content.id),
    controls: true,
    preload: "metadata",
    "aria-label": "Video",
  });
}

function linked(content, label, shape) {
  const name = content.filename ?? content.link?.split("/").pop()?.split("?")[0] ?? label;
  return el(
    "a",
    { class: "file", href: content.link, target: "_blank", rel: "noopener noreferrer" },
    icon(shape),
    el("span", {}, el("strong", {}, name), el("small", {}, `${label} by link`)),
  );
}

function file(content) {
  if (!content.id) return linked(content, "Document", "file");
  const name = content.filename ?? "Document";
  return el(
    "a",
    { class: "file", href: url(content.id), download: name },
    icon("file"),
    el("span", {}, el("strong", {}, name), el("small", {}, content.mime_type ?? "Document")),
  );
}

/** A player of our own: one button and bars, for voice and audio alike. */
function audio(content, phone, message) {
  if (!content.id && content.link) return linked(content, content.voice ? "Voice message" : "Audio", "play");
  const sound = new Audio(url(content.id));
  sound.preload = "metadata";
  const bars = el("span", { class: "bars", "aria-hidden": "true" }, ...wave(content.id));
  const length = el("small", {}, "voice");
  const button = el(
    "button",
    { type: "button", class: "round", "aria-label": "Play voice message", testid: "play" },
    icon("play"),
  );
  const show = (playing) => {
    button.replaceChildren(icon(playing ? "pause" : "play"));
    button.setAttribute("aria-label", playing ? "Pause" : "Play voice message");
  };
  button.addEventListener("click", async () => {
    if (!sound.paused) return sound.pause();
    if (message.direction === "out" && message.id) act(phone.id, "play", { message_id: message.id });
    await sound.play().catch(() => (length.textContent = "cannot be played here"));
  });
  sound.addEventListener("play", () => show(true));
  for (const end of ["pause", "ended"]) sound.addEventListener(end, () => show(false));
  sound.addEventListener("loadedmetadata", () => {
    if (Number.isFinite(sound.duration)) length.textContent = duration(sound.duration);
  });
  sound.addEventListener("timeupdate", () => {
    const part = sound.currentTime / (sound.duration || 1);
    [...bars.children].forEach((bar, at) => bar.classList.toggle("heard", at / bars.children.length < part));
  });
  return el("div", { class: "voice" }, button, bars, length);
}

const duration = (seconds) =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** Bars that look the same each time for the same file. */
function wave(seed) {
  let x = [...String(seed)].reduce((sum, c) => (sum * 31 + c.codePointAt(0)) >>> 0, 7);
  return Array.from({ length: 28 }, () => {
    x = (x * 1_664_525 + 1_013_904_223) >>> 0;
    return el("i", { class: `h${x % 6}` });
  });
}

function location(content) {
  const place = `${Number(content.latitude).toFixed(5)}, ${Number(content.longitude).toFixed(5)}`;
  const href = `https://www.openstreetmap.org/?mlat=${content.latitude}&mlon=${content.longitude}&zoom=16`;
  return el(
    "a",
    { class: "place", href, target: "_blank", rel: "noopener noreferrer", testid: "location" },
    el("span", { class: "map", "aria-hidden": "true" }, icon("pin")),
    el("strong", {}, content.name ?? "Location"),
    content.address ? el("small", {}, content.address) : null,
    el("small", {}, place),
  );
}

function contacts(content) {
  return content.map((person) =>
    el(
      "div",
      { class: "file" },
      icon("person"),
      el(
        "span",
        {},
        el("strong", {}, person.name?.formatted_name ?? "Shared contact"),
        ...(person.phones ?? []).map(({ phone }) => el("small", {}, phone)),
      ),
    ),
  );
}

function order(content) {
  const items = content.product_items ?? [];
  return [
    el("p", { class: "title" }, `Order of ${items.length}`),
    ...items.map((item) => el("p", { class: "words" }, `${item.quantity} × ${item.product_retailer_id}`)),
  ];
}
