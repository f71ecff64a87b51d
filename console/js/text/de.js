// German, with the keys of the English dictionary: the type checker names one that is missing.

import { calls } from "./de/calls.js";
import { frame } from "./de/frame.js";
import { page } from "./de/page.js";
import { problems } from "./de/problems.js";
import { terms } from "./de/terms.js";
import { thread } from "./de/thread.js";

/** @type {Record<keyof typeof import("./en.js").en, string>} */
export const de = { ...frame, ...thread, ...page, ...problems, ...terms, ...calls };
