// The server is killed under the open page and started again; what was written meanwhile is sent once, what was missed is
// there, and nobody reloads anything.
import { check, patience, until } from "./stage.mjs";

export async function outage(stage) {
  const { page } = stage;
  await stage.openThread("Frank");
  await stage.send("Before the outage");
  await stage.hears("technician", "Before the outage");

  stage.forgiving = true;
  await stage.kill();
  await page.locator(".bar", { hasText: "Reconnecting" }).waitFor(patience);
  await stage.shot("5-reconnecting");
  await stage.send("Written during the outage");
  const kept = stage.bubble("Written during the outage");
  await kept.waitFor({ timeout: 2_000 });
  check((await kept.locator(".ticks").getAttribute("data-state")) === "queued", "it does not show that it waits");

  await stage.start();
  await stage.acts("technician", "text", { body: "Said while you were away" });
  await stage.bubble("Said while you were away").waitFor(patience);
  await page.locator(".bar").waitFor({ state: "detached", ...patience });
  stage.forgiving = false;
  await stage.hears("technician", "Written during the outage");
  await page.waitForTimeout(1_000);
  const sent = (await stage.heard("technician")).filter((one) => one.includes("Written during the outage"));
  check(sent.length === 1, `what was written during the outage was sent ${sent.length} times`);
  for (const words of ["Said while you were away", "Written during the outage", "Before the outage"]) {
    check((await stage.bubble(words).count()) === 1, `"${words}" stands there more than once`);
  }
}

/** Offline, sent, reloaded, online: it is sent once. */
export async function offline(stage) {
  const { page, context } = stage;
  await stage.openThread("Frank");
  stage.forgiving = true;
  await context.setOffline(true);
  await stage.send("Sent without a network");
  await stage.bubble("Sent without a network").waitFor({ timeout: 2_000 });
  await page.waitForTimeout(500);
  await context.setOffline(false);
  await page.reload();
  await stage.bubble("Sent without a network").waitFor(patience);
  stage.forgiving = false;
  await stage.hears("technician", "Sent without a network");
  await until("its tick", async () => (await stage.bubble("Sent without a network").locator(".ticks").getAttribute("data-state")) !== "queued");
  const sent = (await stage.heard("technician")).filter((one) => one.includes("Sent without a network"));
  check(sent.length === 1, `it was sent ${sent.length} times`);
}
