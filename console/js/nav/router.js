// Where in the page we are, as the address says it: deep links, Back and Forward. Draws nothing.

/**
 * @typedef {{name: string, id: string | null, message: string | null, query: URLSearchParams}} Route
 */

const BASE = "/console";

/** First words of an address and the pages they name. */
const PAGES = new Set(["approvals", "calls", "tasks", "jobs", "invoices", "people", "customers", "report", "health", "settings"]);

/**
 * @param {{pathname: string, search: string, hash: string}} where
 * @returns {Route}
 */
export function read({ pathname, search, hash }) {
  const [first = "", second = ""] = pathname.slice(BASE.length).split("/").filter(Boolean);
  const query = new URLSearchParams(search);
  const id = second ? decode(second) : null;
  if (first === "" || (first === "conversations" && !id)) return { name: "inbox", id: null, message: null, query };
  if (first === "conversations") {
    const message = hash.startsWith("#message-") ? decode(hash.slice("#message-".length)) : null;
    return { name: "inbox", id, message, query };
  }
  if (first === "login") return { name: "login", id: null, message: null, query };
  // All of them stand among the people.
  if (first === "customers" && !id) return { name: "people", id: null, message: null, query };
  return { name: PAGES.has(first) ? first : "nowhere", id, message: null, query };
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export class Router {
  /** @type {Route} */
  current;
  /** How many steps back stay within the page. */
  #depth = 0;

  /** @param {(route: Route, before: Route) => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.current = read(location);
    addEventListener("popstate", () => {
      this.#depth = history.state?.depth ?? 0;
      this.#take();
    });
    addEventListener("hashchange", () => this.#take());
    document.addEventListener("click", (event) => this.#clicked(event));
  }

  /**
   * @param {string} path below the page, with its query
   * @param {{replace?: boolean}} [options]
   */
  go(path, { replace = false } = {}) {
    const url = BASE + path;
    if (url === location.pathname + location.search + location.hash) return this.#take();
    if (!replace) this.#depth += 1;
    history[replace ? "replaceState" : "pushState"]({ depth: this.#depth }, "", url);
    this.#take();
  }

  /** Back to where one came from, or to `path` where one came from outside. @param {string} path */
  back(path) {
    if (this.#depth > 0) history.back();
    else this.go(path, { replace: true });
  }

  /** @param {string} id of a thread */
  thread(id) {
    return `/conversations/${encodeURIComponent(id)}`;
  }

  /** @param {string} path */
  static href(path) {
    return BASE + path;
  }

  #take() {
    const before = this.current;
    this.current = read(location);
    this.changed(this.current, before);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.pathname !== BASE && !link.pathname.startsWith(`${BASE}/`)) return;
    event.preventDefault();
    this.go(link.pathname.slice(BASE.length) + link.search + link.hash);
  }
}
