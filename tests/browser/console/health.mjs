// A channel in trouble and one that is silent are told by a bar each, without a reload; and a house in which nobody has written
// yet says what to do.
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { Stage, check, patience } from "./stage.mjs";

export async function troubles(stage) {
  // A clock is all of a browser context's: on a clock of its own nothing after this would draw when the browser does.
  const context = await stage.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en", storageState: await stage.context.storageState() });
  context.setDefaultTimeout(patience.timeout);
  const page = await stage.watched(await context.newPage());
  /** What the server would say, were WhatsApp in that trouble. */
  let trouble = { code: "paused", message: "131031: the account is locked" };
  let last = null;
  await page.route(/\/channels\/health$/, async (route) => {
    const answer = await route.fetch();
    const told = await answer.json();
    const whatsapp = told.items.find((one) => one.name === "whatsapp");
    whatsapp.trouble = trouble;
    whatsapp.last_inbound_at = last ?? whatsapp.last_inbound_at;
    await route.fulfill({ response: answer, json: told });
  });
  await page.clock.install();
  await page.goto(`${stage.base}/console`);
  const bar = (code) => page.getByTestId(`trouble-${code}`);
  await bar("paused").filter({ hasText: "WhatsApp" }).filter({ hasText: "locked" }).waitFor(patience);
  await stage.accessible("a channel in trouble", page);
  await stage.shot("17-paused", page);
  // Silence is told by nobody: the page looks for itself.
  trouble = { code: "silent", message: "nothing has come in for 30 hours" };
  last = new Date(Date.now() - 30 * 3_600_000).toISOString();
  await page.clock.fastForward(5 * 60_000 + 1_000);
  await bar("silent").filter({ hasText: "WhatsApp" }).filter({ hasText: "30:" }).waitFor(patience);
  check((await bar("paused").count()) === 0, "the trouble that is over is told still");
  await stage.accessible("a silent channel", page);
  await stage.shot("17-silent", page);
  await bar("silent").getByRole("link").click();
  await page.locator(".state-line", { hasText: "Nobody has written" }).waitFor(patience);
  [trouble, last] = [null, null];
  await stage.acts("technician", "text", { body: "Here I am again" });
  await page.clock.runFor(5_000);
  await bar("silent").waitFor({ state: "detached", ...patience });
  await context.close();
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A house of its own, in which nobody has written yet. */
export async function empty(stage) {
  const folder = `${stage.folder}/empty`;
  mkdirSync(folder);
  const [gateway, sandbox, office, field] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const fresh = new Stage({ program: stage.program, folder, browser: stage.browserProgram, shots: stage.shots, ports: { gateway, sandbox, office, field } });
  const context = await stage.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en" });
  context.setDefaultTimeout(patience.timeout);
  try {
    const page = await stage.watched(await context.newPage());
    await page.goto(await fresh.start());
    await page.locator(".empty", { hasText: "No conversations yet" }).filter({ hasText: "sandbox" }).waitFor(patience);
    await page.locator(".empty", { hasText: "Choose a conversation" }).waitFor(patience);
    await stage.accessible("a house without conversations", page);
    await stage.shot("18-empty", page);
    await page.getByRole("tab", { name: /^Mine/ }).click();
    await page.locator(".empty", { hasText: "All done here" }).waitFor(patience);
    await page.getByRole("tab", { name: /^All/ }).click();
    await fresh.acts("technician", "text", { body: "The first word in this house" });
    await page.locator(".thread-row", { hasText: "Frank" }).waitFor(patience);
  } finally {
    fresh.server?.kill("SIGKILL");
    await context.close();
  }
}
