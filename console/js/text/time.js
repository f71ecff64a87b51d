// Times as people read them: clocks in the viewer's zone, days in the firm's.

import { language, t } from "./words.js";

const viewer = Intl.DateTimeFormat().resolvedOptions().timeZone;
let firm = viewer;

// English names no country: take the viewer's own form of it, so that 12 or 24 hours are theirs.
const locale = navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {string} name
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(name, options) {
  const key = `${name} ${options.timeZone ?? viewer}`;
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(locale, options)));
  return made;
}

/** @param {string | undefined} zone an IANA name, where the server tells it */
export function setFirmZone(zone) {
  if (!zone) return;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    firm = zone;
    days.clear();
  } catch {
    firm = viewer;
  }
}

/** The days of minutes that were asked for: long threads ask for them again and again. @type {Map<string, string>} */
const days = new Map();
const DAYS = 50_000;

/** @param {string | number} at */
export const clock = (at) => format("clock", { hour: "numeric", minute: "2-digit" }).format(new Date(at));

/**
 * The firm's day of a time, as a key that sorts.
 * @param {string | number} at
 */
export function dayOf(at) {
  if (typeof at === "number") return dayAt(at);
  const minute = at.slice(0, 16);
  let day = days.get(minute);
  if (day === undefined) {
    if (days.size > DAYS) days.clear();
    days.set(minute, (day = dayAt(at)));
  }
  return day;
}

/** @param {string | number} at */
function dayAt(at) {
  const parts = format("day", { timeZone: firm, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(new Date(at));
  const part = (/** @type {string} */ type) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** @param {string | number} at */
export function dayName(at) {
  const day = dayOf(at);
  if (day === dayOf(Date.now())) return t("today");
  if (day === dayOf(Date.now() - 86_400_000)) return t("yesterday");
  const near = Math.abs(Date.now() - Number(new Date(at))) < 300 * 86_400_000;
  /** @type {Intl.DateTimeFormatOptions} */
  const options = { timeZone: firm, weekday: "long", day: "numeric", month: "long" };
  if (!near) options.year = "numeric";
  return format(near ? "near" : "far", options).format(new Date(at));
}

/**
 * The exact time with its zone, for a title.
 * @param {string | number} at
 */
export function exact(at) {
  return format("exact", { dateStyle: "full", timeStyle: "long" }).format(new Date(at));
}

/** @param {string | number} at */
export function dateAndTime(at) {
  return format("both", { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" }).format(new Date(at));
}

/** @param {string | number} at */
export const date = (at) => format("date", { dateStyle: "medium" }).format(new Date(at));

/**
 * As short as a list row wants it: the time today, then the day, then the date.
 * @param {string | number} at
 */
export function brief(at) {
  const day = dayOf(at);
  if (day === dayOf(Date.now())) return clock(at);
  if (day === dayOf(Date.now() - 86_400_000)) return t("yesterday");
  const age = Date.now() - Number(new Date(at));
  if (age < 6 * 86_400_000) return format("weekday", { weekday: "short" }).format(new Date(at));
  return format("short", { day: "2-digit", month: "2-digit", year: age > 300 * 86_400_000 ? "2-digit" : undefined }).format(new Date(at));
}

/** @param {number} ms */
export function span(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return t("seconds", { value: Math.round(ms / 100) / 10 });
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return t("minutes", { value: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return t("hours", { value: hours, minutes: String(minutes % 60).padStart(2, "0") });
  return t("days", { value: Math.floor(hours / 24) });
}

/** @param {string | number} at */
export const since = (at) => span(Math.max(60_000, Date.now() - Number(new Date(at))));

/**
 * What `<input type=datetime-local>` wants, in the viewer's zone.
 * @param {Date} moment
 */
export function forInput(moment) {
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
