// Five thousand threads and a thread of ten thousand messages: few nodes, nothing jumps, links lead to a message.
import { check, patience, until } from "./stage.mjs";

export async function volume(stage) {
  const { page } = stage;
  await page.goto(`${stage.base}/console`);
  await page.locator(".thread-row").first().waitFor(patience);
  const list = page.locator("#inbox-list");
  await until("the end of the list", async () => {
    await list.evaluate((node) => (node.scrollTop = node.scrollHeight));
    return list.evaluate((node) => node.scrollHeight >= 5_000 * 72);
  });
  const rows = await page.locator(".thread-row").count();
  check(rows < 100, `${rows} rows are drawn`);

  await stage.openThread("The long thread");
  const log = page.locator(".log");
  await stage.bubble("message 9999").waitFor(patience);
  const end = await log.evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight);
  check(end < 50, `it opens ${end} pixels above its end`);
  const jumps = [];
  let oldest = 9_999;
  for (let step = 0; step < 300 && oldest > 9_500; step += 1) {
    const seen = await log.evaluate(upwards);
    if (seen.jump > 2) jumps.push(seen);
    oldest = Math.min(oldest, seen.oldest);
    if (seen.top < 10) await page.waitForTimeout(50);
  }
  check(oldest <= 9_500, `scrolling up came to message ${oldest} only`);
  check(jumps.length === 0, `what was read jumped: ${JSON.stringify(jumps)}`);
  const nodes = await page.locator(".log .entry").count();
  check(nodes < 150, `${nodes} lines are drawn`);

  // Scrolled up, a new message moves nothing and is counted.
  const before = await log.evaluate((node) => node.scrollTop);
  await page.locator(".down").waitFor(patience);
  await page.locator(".down").click();
  await stage.bubble("message 9999").waitFor(patience);
  check(before > 0, "it was not scrolled");

  // A link to a message far up.
  const id = await page.evaluate(async () => {
    const thread = location.pathname.split("/").at(-1);
    let page = await (await fetch(`/api/comms/threads/${thread}/messages?limit=200`)).json();
    for (let step = 0; step < 20; step += 1) page = await (await fetch(`/api/comms/threads/${thread}/messages?limit=200&before=${page.older}`)).json();
    return page.items[0].id;
  });
  await page.goto(`${page.url().split("?")[0]}#message-${id}`);
  await page.reload();
  await page.locator(`#message-${id}`).waitFor(patience);
  await until("the linked message in view", () => page.locator(`#message-${id}`).evaluate((node) => {
    const place = node.getBoundingClientRect();
    return place.top > 0 && place.bottom < innerHeight;
  }));
  const below = await page.locator(".down").textContent();
  check(below === "", `old messages below a link count as new: ${below}`);
  // The browser notes the 404 that is looked for.
  stage.expected.push("no-such-thread");
  await page.goto(`${stage.base}/console/conversations/no-such-thread`);
  await page.locator('[role="alert"]', { hasText: "does not exist" }).waitFor(patience);
}

/** One step up; how far something that was in view moved otherwise than by the step. Runs in the page. */
async function upwards(node) {
  const box = node.getBoundingClientRect();
  const inView = (line) => line.querySelector(".message") && line.getBoundingClientRect().top > box.top + 5;
  const line = [...node.querySelectorAll(".entry")].find(inView);
  const key = line?.dataset.key;
  const before = line?.getBoundingClientRect().top ?? 0;
  const high = node.scrollHeight;
  const top = node.scrollTop;
  node.scrollTop -= 400;
  const moved = top - node.scrollTop;
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 0))));
  const after = [...node.querySelectorAll(".entry")].find((one) => one.dataset.key === key);
  const numbers = [...node.querySelectorAll(".bubble .text")].map((one) => Number(/message (\d+)/.exec(one.textContent)?.[1] ?? 99_999));
  const jump = after ? Math.abs(after.getBoundingClientRect().top - before - moved) : 0;
  const grown = node.scrollHeight - high;
  return { jump, key, moved, from: top, top: node.scrollTop, grown, down: node.getBoundingClientRect().top - box.top, oldest: Math.min(...numbers) };
}
