// Charts as SVG: bars by day, up to two series. What they show is said in words too; the figures stand in a table beside
// them.

import { t } from "../text/words.js";

/** @typedef {{label: string, values: number[]}} Column */

const NS = "http://www.w3.org/2000/svg";
const WIDTH = 720;
const HEIGHT = 180;
const LEFT = 44;
const FOOT = 22;

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function shape(name, attributes, text) {
  const node = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  if (text !== undefined) node.textContent = text;
  return node;
}

/** The next round number, so that lines stand at readable places. @param {number} value */
function ceiling(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((one) => value <= one * power) ?? 10;
  return step * power;
}

/**
 * What a chart shows, for who does not see it: of each series all together, and its highest day.
 * @param {Column[]} columns
 * @param {(value: number) => string} format
 * @param {{title: string, series: string[]}} shown
 */
function inWords(columns, format, { title, series }) {
  const names = series.length > 0 ? series : [""];
  const each = names.map((name, index) => {
    const top = columns.reduce((/** @type {Column | null} */ best, column) => ((column.values[index] ?? 0) > (best?.values[index] ?? 0) ? column : best), null);
    const words = top ? t("chart_highest", { value: format(top.values[index] ?? 0), label: top.label }) : t("chart_none");
    return name ? `${name}: ${words}` : words;
  });
  const [first, last] = [columns[0]?.label ?? "", columns.at(-1)?.label ?? ""];
  return `${title}, ${t("chart_span", { from: first, to: last })}. ${each.join(". ")}.`;
}

/**
 * @param {Column[]} columns
 * @param {(value: number) => string} format
 * @param {{title: string, series: string[]}} shown
 */
export function bars(columns, format, shown) {
  const label = inWords(columns, format, shown);
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", role: "img", "aria-label": label });
  svg.setAttribute("preserveAspectRatio", "xMidYMid meet");
  const top = ceiling(Math.max(0, ...columns.flatMap((column) => column.values)));
  const plot = HEIGHT - FOOT - 8;
  const y = (/** @type {number} */ value) => 8 + plot * (1 - value / top);
  let before = "";
  for (const part of [0, 0.5, 1]) {
    const at = y(top * part);
    const words = format(top * part);
    svg.append(shape("line", { x1: LEFT, x2: WIDTH, y1: at, y2: at, class: part === 0 ? "axis" : "grid" }));
    // Half a message is none: what would say the same twice says nothing.
    if (words !== before) svg.append(shape("text", { x: LEFT - 6, y: at + 4, "text-anchor": "end" }, words));
    before = words;
  }
  const wide = (WIDTH - LEFT) / Math.max(1, columns.length);
  const every = Math.ceil(columns.length / 10);
  columns.forEach((column, index) => {
    const left = LEFT + index * wide;
    const each = (wide * 0.72) / Math.max(1, column.values.length);
    column.values.forEach((value, series) => {
      const height = Math.max(value > 0 ? 1.5 : 0, y(0) - y(value));
      const bar = shape("rect", { x: left + wide * 0.14 + series * each, y: y(0) - height, width: Math.max(1, each - 1), height, rx: 2, class: series === 0 ? "a" : "b" });
      const name = shown.series[series];
      bar.append(shape("title", {}, `${column.label}${name ? `, ${name}` : ""}: ${format(value)}`));
      svg.append(bar);
    });
    if (index % every === 0) svg.append(shape("text", { x: left + wide / 2, y: HEIGHT - 6, "text-anchor": "middle" }, column.label));
  });
  return svg;
}
