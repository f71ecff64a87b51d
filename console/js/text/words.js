// The sentences of the page, in the language of the person at it. One dictionary a language, with the same keys.

import { de } from "./de.js";
import { en } from "./en.js";

/** @typedef {keyof typeof en} Key */

export const language = document.documentElement.lang === "de" ? "de" : "en";

/** @type {Record<string, string>} */
const dictionary = language === "de" ? de : en;
const plural = new Intl.PluralRules(language);

/**
 * The sentence of a key with its values. With a `count`, the key's `_one` form where the language wants it.
 * @param {Key} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const count = values.count;
  const form = typeof count === "number" ? `${key}_${plural.select(count)}` : key;
  const sentence = dictionary[form] ?? dictionary[key] ?? key;
  // What has no value stays: some sentences explain the gaps of others.
  return sentence.replace(/\{(\w+)\}/g, (gap, name) => (name in values ? format(values[name]) : gap));
}

/**
 * The sentence of a key that comes from outside, if there is one.
 * @param {string} key
 */
export function maybe(key) {
  return Object.hasOwn(dictionary, key) ? dictionary[key] : undefined;
}

const numbers = new Intl.NumberFormat(language);

/** @param {string | number | undefined} value */
const format = (value) => (typeof value === "number" ? numbers.format(value) : (value ?? ""));

/** @param {number} value */
export const number = (value) => numbers.format(value);

let house = "EUR";

/** @param {string | undefined} currency what prices are in where nothing says otherwise */
export function setCurrency(currency) {
  if (currency && /^[A-Z]{3}$/.test(currency)) house = currency;
}

/**
 * @param {number} cents
 * @param {string} [currency]
 * @param {number} [digits] at most
 */
export function money(cents, currency = house, digits = 2) {
  return new Intl.NumberFormat(language, { style: "currency", currency, maximumFractionDigits: digits }).format(cents / 100);
}

/** @param {number} bytes */
export function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = { style: "unit", unit: units[unit], unitDisplay: "short", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language, /** @type {Intl.NumberFormatOptions} */ (digits)).format(value);
}
