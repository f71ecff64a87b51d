// A page of older messages comes in between a person's scrolling and the event that tells of it: nobody is thrown back.
import { check, patience, until } from "./stage.mjs";

export async function scrolling(stage) {
  const { page } = stage;
  await stage.openThread("The long thread");
  await stage.bubble("message 9999").waitFor(patience);
  await page.evaluate(holdOlder);
  const log = page.locator(".log");
  await log.evaluate((node) => (node.scrollTop = 1_000));
  await until("that older messages are asked for", () => page.evaluate(() => Boolean(window.held)));
  const seen = await log.evaluate(arrivesLate);
  check(seen.drawn, "the older messages were not drawn");
  check(Math.abs(seen.moved - 400) <= 2, `scrolled by 400 pixels, what was read moved by ${seen.moved}`);
  await page.reload();
}

/** Older messages are read, and kept back until `window.held` is called. Runs in the page. */
function holdOlder() {
  const real = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await real(...asked);
    if (!/\/messages\?.*before=/.test(String(asked[0]))) return answer;
    const read = await answer.json();
    await new Promise((resolve) => (window.held = resolve));
    return { ok: true, status: 200, headers: answer.headers, json: async () => read };
  };
}

/** Scrolls and lets the held page be drawn in the same task, before any frame. Runs in the page. */
async function arrivesLate(node) {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 0))));
  const box = node.getBoundingClientRect();
  const line = [...node.querySelectorAll(".entry")].find((one) => one.querySelector(".message") && one.getBoundingClientRect().top > box.top + 5);
  const before = line.getBoundingClientRect().top;
  const height = node.scrollHeight;
  const real = window.setTimeout;
  const due = [];
  window.setTimeout = (work) => due.push(work);
  window.held();
  for (let step = 0; step < 50; step += 1) await Promise.resolve();
  window.setTimeout = real;
  node.scrollTop -= 400;
  for (const work of due) work();
  const drawn = node.scrollHeight > height;
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 0))));
  const after = [...node.querySelectorAll(".entry")].find((one) => one.dataset.key === line.dataset.key);
  return { drawn, moved: (after?.getBoundingClientRect().top ?? Infinity) - before };
}
