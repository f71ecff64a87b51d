// How it looks and who can use it: phone width, dark, German, every page, with nothing sideways and nothing inaccessible.
import { check, patience, until } from "./stage.mjs";

const PAGES = ["approvals", "tasks", "jobs", "invoices", "people", "calls", "report", "health", "settings"];
/** Those that are looked at on a phone and in the dark too. */
const LOOKED_AT = new Set(["calls", "report", "people", "health", "settings"]);

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
  for (const name of PAGES) {
    await page.goto(`${stage.base}/console/${name}`);
    await page.locator(".place h1").waitFor(patience);
    await page.waitForTimeout(300);
    await stage.fits(`${name} on a phone`);
    await stage.accessible(`${name} on a phone`);
    if (LOOKED_AT.has(name)) await stage.shot(`6-phone-${name}`);
  }
}

const brightness = (page) => page.evaluate(() => {
  const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
  return (red + green + blue) / 3;
});

/** As the system has it, or as somebody wants it: it stays, and is there before anything is drawn. */
export async function theme(stage) {
  const { page } = stage;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${stage.base}/console`);
  await page.locator(".thread-row").first().waitFor(patience);
  const choose = async (name) => {
    await page.getByRole("button", { name: "Account and appearance" }).click();
    await page.getByRole("menuitemradio", { name }).or(page.getByRole("menuitemcheckbox", { name })).click();
  };
  check((await brightness(page)) > 200, "it is not light to begin with");
  await choose("Dark");
  check((await brightness(page)) < 60, "it does not become dark");
  await page.reload({ waitUntil: "commit" });
  await until("the dark before anything is drawn", () => page.evaluate(() => document.documentElement.dataset.theme === "dark"));
  await page.locator(".thread-row").first().waitFor(patience);
  check((await brightness(page)) < 60, "the dark is forgotten by a reload");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Command bar" }).fill("theme");
  await page.keyboard.press("Enter");
  await until("light by the command bar", async () => (await brightness(page)) > 200);
  await choose("As the system");
  await page.emulateMedia({ colorScheme: "dark" });
  await until("the system's dark", async () => (await brightness(page)) < 60);
  await page.emulateMedia({ colorScheme: "light" });
  await until("the system's light", async () => (await brightness(page)) > 200);
}

/** Whoever wants less motion has none: nothing slides, nothing blinks, nothing fades in. */
export async function still(stage) {
  const { page } = stage;
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.setViewportSize({ width: 1024, height: 768 });
  await stage.openThread("Frank");
  const link = await page.locator(".log .message[id]").first().getAttribute("id");
  await page.goto(`${page.url().split("?")[0]}#${link}`);
  await page.locator(".message.lit").waitFor(patience);
  check((await page.locator(".message.lit .bubble").evaluate((node) => getComputedStyle(node).animationName)) === "none", "a message that is linked to blinks");
  await page.getByRole("button", { name: "Details", exact: true }).first().click();
  await page.locator(".rail-open .rail .person").waitFor(patience);
  const slides = await page.locator(".pane.rail").evaluate((node) => getComputedStyle(node).transitionDuration);
  check(slides.split(",").every((one) => Number.parseFloat(one) === 0), `the drawer slides: ${slides}`);
  const moving = await page.evaluate(() => document.getAnimations().filter((one) => one.playState === "running").length);
  check(moving === 0, `${moving} things move`);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await page.setViewportSize({ width: 1440, height: 900 });
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
    if (LOOKED_AT.has(name)) await stage.shot(`8-dark-${name}`, dark);
  }
  await dark.goto(`${stage.base}/console?search=Frank`);
  await dark.locator(".thread-row").first().click(patience);
  await dark.locator(".log .message").first().waitFor(patience);
  check((await dark.locator(".modes").textContent())?.includes("Antwort"), "it does not speak German");
  await stage.accessible("a thread, dark", dark);
  await stage.shot("8-dark-german", dark);
  await dark.close();
}
