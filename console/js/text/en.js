// English. The other languages have the same keys.

import { calls } from "./en/calls.js";
import { frame } from "./en/frame.js";
import { page } from "./en/page.js";
import { problems } from "./en/problems.js";
import { terms } from "./en/terms.js";
import { thread } from "./en/thread.js";

export const en = { ...frame, ...thread, ...page, ...problems, ...terms, ...calls };
