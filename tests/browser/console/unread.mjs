// What is unread, and what came in below the screen: both are counted, and nothing moves under whoever reads.
import { check, patience, until } from "./stage.mjs";

export async function unread(stage) {
  const { page } = stage;
  await page.goto(`${stage.base}/console/jobs`);
  await page.locator("h1", { hasText: "Jobs" }).waitFor(patience);
  await stage.acts("technician", "text", { body: "Nobody has seen this yet" });
  await page.goto(`${stage.base}/console?search=Frank`);
  const count = stage.row("Frank").locator(".count");
  await count.waitFor(patience);
  await until("the unread ones in the title", async () => /^\(\d/.test(await page.title()));
  await stage.row("Frank").click();
  await page.locator(".unread-line").waitFor(patience);
  check((await count.count()) === 1, "it counts as read before anybody could read it");
  await count.waitFor({ state: "detached", ...patience });

  // Scrolled up, nothing moves; the button says how many there are.
  const log = page.locator(".log");
  await stage.bubble("Nobody has seen this yet").waitFor(patience);
  // The agent's answer comes after a pause, and is new below whoever has scrolled up by then.
  await stage.row("Frank").filter({ hasText: "AI:" }).waitFor(patience);
  await log.hover();
  await until("the log scrolled up", async () => {
    await page.mouse.wheel(0, -400);
    return log.evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight > 300);
  });
  const top = await until("that it stands still", async () => {
    const before = await log.evaluate((node) => node.scrollTop);
    await page.waitForTimeout(200);
    return (await log.evaluate((node) => node.scrollTop)) === before && before + 1;
  });
  await stage.acts("technician", "text", { body: "First below" });
  await stage.acts("technician", "text", { body: "Second below" });
  // The two, or they and what the agent says to them.
  await page.locator(".down", { hasText: /^[23] new$/ }).waitFor(patience);
  const now = await log.evaluate((node) => node.scrollTop);
  check(Math.abs(now - top + 1) < 2, `what was read moved from ${top - 1} to ${now}`);
  await page.locator(".down").click();
  await stage.bubble("Second below").waitFor(patience);
  await count.waitFor({ state: "detached", ...patience });
}
