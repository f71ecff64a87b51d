// More was missed than a page holds, and the stream cannot tell it again: the open thread has no hole, and whoever reads
// further up is not moved.
import { check, patience, until } from "./stage.mjs";

const MISSED = 75;

export async function missed(stage) {
  const page = await stage.watched(await stage.context.newPage());
  let line = null;
  await page.routeWebSocket(/\/api\/live$/, (socket) => {
    line = socket;
    socket.connectToServer();
  });
  await page.goto(`${stage.base}/console?search=Frank`);
  await page.locator(".thread-row").first().click(patience);
  await page.locator(".log .message").first().waitFor(patience);
  await until("the stream", () => line);
  await page.locator('.nav .dot.good').waitFor({ state: "attached", ...patience });
  const thread = page.url().split("/").at(-1)?.split("?")[0];
  // Nobody answers what is written meanwhile.
  await stage.api(`/threads/${thread}/take-over`, { method: "POST", body: {} });
  await stage.acts("technician", "text", { body: "The last one before the gap" });
  await stage.bubble("The last one before the gap", page).waitFor(patience);

  stage.forgiving = true;
  await stage.context.setOffline(true);
  line.close({ code: 4450 });
  for (let n = 1; n <= MISSED; n += 1) await stage.acts("technician", "text", { body: `missed number ${n};` });
  await until("all of them in the house", async () => (await stage.api(`/threads/${thread}/messages?limit=10`)).items.some((one) => JSON.stringify(one.parts).includes(`number ${MISSED};`)));

  // What is read of the gap is slower than the stream's next message.
  let go = () => {};
  const held = new Promise((resolve) => (go = resolve));
  await page.route(/\/messages\?limit=60$/, async (route) => {
    await held;
    await route.continue();
  });
  await stage.context.setOffline(false);
  await page.locator(".bar").waitFor({ state: "detached", ...patience });
  await page.locator('.nav .dot.good').waitFor({ state: "attached", ...patience });
  await stage.acts("technician", "text", { body: "The first one after the gap" });
  await stage.bubble("The first one after the gap", page).waitFor(patience);
  go();
  await stage.bubble(`missed number ${MISSED};`, page).waitFor(patience);
  stage.forgiving = false;

  const seen = new Set();
  const log = page.locator(".log");
  await until("the one before the gap", async () => {
    for (const words of await page.locator(".log .bubble .text").allTextContents()) {
      const number = /missed number (\d+);/.exec(words)?.[1];
      if (number) seen.add(Number(number));
    }
    await log.evaluate((node) => (node.scrollTop -= 300));
    return (await stage.bubble("The last one before the gap", page).count()) > 0 && seen.size >= MISSED;
  }).catch(() => {});
  const holes = Array.from({ length: MISSED }, (_, index) => index + 1).filter((number) => !seen.has(number));
  check(holes.length === 0, `there is a hole in the thread: ${holes.join(", ")}`);
  await page.close();
}
