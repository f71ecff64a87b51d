// Dark, light or as the system has it: an attribute that the styles read and a cookie that boot.js reads.

const YEAR_S = 31_536_000;

/**
 * @param {string} name
 * @param {string | null} value
 */
export function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = value === null ? 0 : YEAR_S;
  document.cookie = `${name}=${value ?? ""}; Path=/console; Max-Age=${age}; SameSite=Lax${secure}`;
}

/** @returns {"system" | "light" | "dark"} */
export function theme() {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

/** @param {"system" | "light" | "dark"} wished */
export function setTheme(wished) {
  if (wished === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = wished;
  remember("plumbline_theme", wished === "system" ? null : wished);
}

export function flipTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = theme() === "system" ? (dark ? "dark" : "light") : theme();
  setTheme(now === "dark" ? "light" : "dark");
}
