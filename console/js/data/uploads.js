// Files on their way to the server: refused here where the server would refuse them, with progress and a way to stop.

import { refusalWords } from "../text/refusal.js";
import { size, t } from "../text/words.js";

const MIB = 1024 * 1024;

/** What WhatsApp takes, by kind: type beginnings and bytes. */
const LIMITS = [
  { types: ["image/jpeg", "image/png"], bytes: 5 * MIB },
  { types: ["image/webp"], bytes: MIB / 2 },
  { types: ["audio/aac", "audio/mp4", "audio/x-m4a", "audio/mpeg", "audio/amr", "audio/ogg"], bytes: 16 * MIB },
  { types: ["video/mp4", "video/3gpp"], bytes: 16 * MIB },
  {
    types: [
      "application/pdf", "text/plain", "text/csv", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ],
    bytes: 100 * MIB,
  },
];

export const ACCEPT = LIMITS.flatMap((limit) => limit.types).join(",");

/** @typedef {{id: string, mime: string, name: string, bytes: number}} Uploaded */

/**
 * Why a file will not do, or nothing.
 * @param {File} file
 */
export function refusal(file) {
  const limit = LIMITS.find((one) => one.types.includes(file.type.split(";")[0] ?? ""));
  if (!limit) return t("upload_type", { name: file.name });
  if (file.size === 0) return t("upload_empty", { name: file.name });
  return file.size > limit.bytes ? t("upload_size", { name: file.name, size: size(file.size), most: size(limit.bytes) }) : null;
}

/**
 * @param {File} file
 * @param {(part: number) => void} progress from 0 to 1
 * @returns {{done: Promise<Uploaded>, cancel: () => void}}
 */
export function upload(file, progress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => {
      const told = parse(request.responseText);
      if (request.status < 300 && told) return resolve(told);
      reject(new Error(told?.code ? refusalWords(told) : t("problem_server")));
    };
    request.onerror = () => reject(new Error(t("problem_offline")));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    const form = new FormData();
    form.append("file", file, file.name);
    request.open("POST", "/api/comms/uploads");
    request.setRequestHeader("accept", "application/json");
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
