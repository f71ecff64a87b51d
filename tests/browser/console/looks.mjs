// How it looks and who can use it: phone width, dark, German, every page, with nothing sideways and nothing inaccessible.
import { check, patience, until } from "./stage.mjs";

const PAGES = ["approvals", "tasks", "jobs", "invoices", "people", "health", "settings"];

/** Back from a thread is where the list was left; the pages that do not fit are in a menu. */
async function phone(stage) {
  const { page } = stage;
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`${stage.base}/console`);
  await page.locator(".thread-row").first().waitFor(patience);
  const list = page.locator("#inbox-list");
  await list.evaluate((node) => (node.scrollTop = 1_500));
  const left = await list.evaluate((node) => new Promise((resolve) => setTimeout(() => resolve(node.scrollTop), 200)));
  await page.mouse.click(150, 400);
  await page.locator(".log .message").first().waitFor(patience);
  await page.getByRole("button", { name: "Back to the list" }).click();
  await until("the list as it was left", async () => Math.abs((await list.evaluate((node) => node.scrollTop)) - left) < 3);
  await page.getByRole("button", { name: "More pages" }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await page.locator("h1", { hasText: "Settings" }).waitFor(patience);
  await stage.fits("the settings on a phone");
}

export async function looks(stage) {
  const { page, context } = stage;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${stage.base}/console?search=Frank`);
  await stage.row("Frank").waitFor(patience);
  await stage.fits("the list on a phone");
  await stage.accessible("the list on a phone");
  await stage.row("Frank").click();
  await page.locator(".thread-head h2", { hasText: "Frank" }).waitFor(patience);
  await page.locator(".log .message").first().waitFor(patience);
  await stage.fits("a thread on a phone");
  await stage.accessible("a thread on a phone");
  await stage.shot("6-phone");
  await page.getByRole("button", { name: "Back to the list" }).click();
  await stage.row("Frank").waitFor(patience);
  await phone(stage);

  await page.setViewportSize({ width: 1024, height: 768 });
  await stage.openThread("Frank");
  await page.getByRole("button", { name: "Details", exact: true }).first().click();
  await page.locator(".rail-open .rail .person").waitFor(patience);
  await stage.shot("7-drawer");

  const dark = await stage.watched(await context.newPage());
  await dark.emulateMedia({ colorScheme: "dark" });
  await dark.setViewportSize({ width: 1440, height: 900 });
  await context.addCookies([{ name: "plumbline_language", value: "de", url: `${stage.base}/console` }]);
  for (const name of PAGES) {
    await dark.goto(`${stage.base}/console/${name}`);
    await dark.locator(".place h1").waitFor(patience);
    await dark.waitForTimeout(300);
    await stage.accessible(`${name}, dark`, dark);
    await stage.fits(name, dark);
  }
  await dark.goto(`${stage.base}/console?search=Frank`);
  await dark.locator(".thread-row").first().click(patience);
  await dark.locator(".log .message").first().waitFor(patience);
  check((await dark.locator(".modes").textContent())?.includes("Antwort"), "it does not speak German");
  await stage.accessible("a thread, dark", dark);
  await stage.shot("8-dark-german", dark);
  await dark.close();
}
