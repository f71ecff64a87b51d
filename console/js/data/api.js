// Calls to the server: JSON both ways, problems as errors with words a person can use. Keeps nothing.

import { refusalWords } from "../text/refusal.js";
import { maybe, t } from "../text/words.js";

const PATIENCE_MS = 30_000;

/** A call that failed: by the network (`status` 0) or by a problem of the server's. */
export class Failure extends Error {
  /**
   * @param {number} status
   * @param {{code?: string, detail?: string, title?: string, [key: string]: any}} problem
   * @param {number} [retryAfterMs]
   */
  constructor(status, problem, retryAfterMs) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? (status === 0 ? "offline" : "unknown");
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same call may do later. */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** What to tell the person. */
  get words() {
    if (this.status === 0) return t("problem_offline");
    return this.status >= 500 && !maybe(`problem_${this.code}`) ? t("problem_server") : refusalWords(this.problem);
  }
}

export class Api {
  /** @param {{base?: string, expired: () => void}} options */
  constructor({ base = "/api/comms", expired }) {
    this.base = base;
    this.expired = expired;
  }

  /**
   * @param {string} path
   * @param {Record<string, string | number | boolean | null | undefined>} [query]
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>}
   */
  get(path, query = {}, signal) {
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null && value !== "") asked.set(name, String(value));
    }
    const tail = asked.size > 0 ? `?${asked}` : "";
    return this.#call("GET", `${path}${tail}`, undefined, {}, signal);
  }

  /**
   * @param {string} path
   * @param {unknown} [body]
   * @param {{key?: string}} [options]
   * @returns {Promise<any>}
   */
  post(path, body, { key } = {}) {
    return this.#call("POST", path, body ?? {}, key ? { "idempotency-key": key } : {});
  }

  /**
   * @param {string} path
   * @param {unknown} body
   * @returns {Promise<any>}
   */
  patch(path, body) {
    return this.#call("PATCH", path, body);
  }

  /**
   * @param {string} path
   * @returns {Promise<any>}
   */
  delete(path) {
    return this.#call("DELETE", path);
  }

  /**
   * @param {string} method
   * @param {string} path absolute ones stay as they are
   * @param {unknown} [body]
   * @param {Record<string, string>} [extra]
   * @param {AbortSignal} [signal]
   */
  async #call(method, path, body, extra = {}, signal) {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    /** @type {RequestInit} */
    const request = {
      method,
      headers: { accept: "application/json", ...extra },
      credentials: "same-origin",
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    };
    if (body !== undefined) {
      request.headers = { ...request.headers, "content-type": "application/json" };
      request.body = JSON.stringify(body);
    }
    let answer;
    try {
      answer = await fetch(/^\/(api|console)\//.test(path) ? path : this.base + path, request);
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Failure(0, { detail: String(error) });
    }
    return this.#read(answer, path);
  }

  /**
   * @param {Response} answer
   * @param {string} path
   */
  async #read(answer, path) {
    if (answer.status === 204) return null;
    const type = answer.headers.get("content-type") ?? "";
    const json = type.includes("json") ? await answer.json().catch(() => null) : null;
    if (answer.ok) return json;
    // Whoever logs in wrongly is told so there; everywhere else a 401 means that the session is over.
    if (answer.status === 401 && !path.endsWith("/login")) this.expired();
    const after = Number(answer.headers.get("retry-after"));
    throw new Failure(answer.status, json ?? {}, after > 0 ? after * 1000 : undefined);
  }
}

/** An id of our own for something to be done once. */
export const once = () => crypto.randomUUID();
