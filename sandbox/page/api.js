// The control API. Every change the page makes goes through here; it keeps nothing.

import { toast } from "./dom.js";

async function call(method, path, body, headers = { "content-type": "application/json" }) {
  const response = await fetch(`/sandbox${path}`, {
    method,
    headers,
    body: body === undefined ? undefined : body instanceof Blob ? body : JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `${response.status} ${response.statusText}`);
  return answer;
}

/** A call whose failure is shown to the person and otherwise ends here. */
async function tried(promise) {
  try {
    return await promise;
  } catch (error) {
    toast(error.message);
    return undefined;
  }
}

export const get = (path) => tried(call("GET", path));
export const post = (path, body = {}) => tried(call("POST", path, body));
export const patch = (path, body) => tried(call("PATCH", path, body));
export const remove = (path) => tried(call("DELETE", path));

/** What a person does. */
export const act = (person, name, body = {}) => post(`/people/${encodeURIComponent(person)}/${name}`, body);

/** Sends a file of a person; `about` holds filename, kind, caption, voice, reply_to. */
export function upload(person, file, about) {
  const query = new URLSearchParams(
    Object.entries(about).filter(([, value]) => value !== undefined && value !== ""),
  );
  const type = file.type || "application/octet-stream";
  return tried(
    call("POST", `/people/${encodeURIComponent(person)}/upload?${query}`, file, { "content-type": type }),
  );
}

export const load = () => call("GET", "/state");
