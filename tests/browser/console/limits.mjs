// What WhatsApp does not let through: a message it refuses, with the reason and another try, and a closed window.
import { check, patience, until } from "./stage.mjs";

export async function refused(stage) {
  const { page } = stage;
  await stage.openThread("Frank");
  await stage.takeOver();
  const fault = { target: "send", trigger: { next: 1 }, fault: { kind: "error", code: 131026 } };
  const body = JSON.stringify(fault);
  await fetch(`${stage.sandbox}/faults`, { method: "POST", headers: { "content-type": "application/json" }, body });
  await stage.send("Refused at first");
  const bubble = stage.bubble("Refused at first");
  await bubble.locator(".failure", { hasText: "cannot be reached" }).waitFor(patience);
  // The number at the page of deliveries is that of its list.
  const failed = async () => (await stage.api("/channels/health")).failed_deliveries;
  const count = await until("that it counts as failed", failed);
  await page.getByRole("link", { name: `Health and deliveries, ${count} failed` }).waitFor(patience);
  check((await stage.api("/deliveries?limit=100")).items.length === count, "the number and the list of failed deliveries differ");
  await bubble.getByRole("button", { name: "Retry" }).click();
  await until("that it was sent after all", async () => ["sent", "delivered", "read"].includes(await bubble.locator(".ticks").getAttribute("data-state")));
  const sent = (await stage.heard("technician")).filter((one) => one.includes("Refused at first"));
  check(sent.length === 1, `the second try was sent ${sent.length} times`);
  check((await bubble.count()) === 1, "a second try is a second bubble");
  await page.getByRole("link", { name: count > 1 ? `Health and deliveries, ${count - 1} failed` : "Health and deliveries", exact: true }).waitFor(patience);
}

export async function closed(stage) {
  const { page } = stage;
  await stage.openThread("Person 33");
  await page.locator(".clock", { hasText: "closed" }).waitFor(patience);
  check(await page.getByTestId("composer").isDisabled(), "one may write though the window is closed");
  await page.getByRole("button", { name: "Choose a template" }).click();
  const preview = page.locator(".templates .preview");
  await preview.waitFor(patience);
  await page.locator(".templates input").first().fill("a word of ours");
  check((await preview.textContent())?.includes("a word of ours"), "the preview does not show what was filled in");
  await stage.accessible("the templates");
  await page.keyboard.press("Escape");
  // A note can be written at any time.
  await page.getByRole("tab", { name: "Note" }).click();
  check(await page.getByTestId("composer").isEnabled(), "no note can be written while the window is closed");
  await page.getByRole("tab", { name: "Reply" }).click();
}

/** The window shuts under the open page: its time runs down, the box is shut, a template is at hand; nobody reloads. */
export async function shuts(stage) {
  await stage.acts("technician", "text", { body: "Written just now" });
  // A clock is all of a browser context's, so this one is somebody else's, who is logged in by a link: a token would be
  // over when the clock is moved.
  const { page, context } = await stage.colleague("Uwe");
  await page.clock.install();
  await page.goto(`${stage.base}/console?search=Frank`);
  await page.locator(".thread-row").first().click(patience);
  await stage.bubble("Written just now", page).waitFor(patience);
  const field = page.getByTestId("composer");
  const clock = page.locator(".clock");
  await clock.filter({ hasText: "23:59 h left" }).waitFor(patience);
  await field.fill("Begun before it shut");
  const thread = page.url().split("/").at(-1)?.split("?")[0];
  const ends = Date.parse((await stage.api(`/threads/${thread}`)).window.until);
  const now = () => page.evaluate(() => Date.now());
  // The stream takes the leap for a broken line.
  stage.forgiving = true;
  // From here on time goes by where the play says so: a slow machine would otherwise miss what is shown for seconds.
  await page.clock.pauseAt(ends - 150_000);
  await page.clock.runFor(100);
  await clock.filter({ hasText: "2 min left" }).waitFor(patience);
  await page.clock.runFor(60_000);
  await clock.filter({ hasText: "1 min left" }).waitFor(patience);
  check(await field.isEnabled(), "one may not write though the window is open");
  await field.focus();
  await page.clock.runFor(ends - (await now()) - 19_500);
  await clock.filter({ hasText: /^(20|19|1[0-9])(\.\d)? s left$/ }).waitFor(patience);
  await page.clock.runFor(21_000);
  await clock.filter({ hasText: "Window closed" }).waitFor(patience);
  check(await field.isDisabled(), "one may write though the window has shut");
  check((await field.inputValue()) === "Begun before it shut", "what was begun is gone");
  const choose = page.getByRole("button", { name: "Choose a template" });
  await until("the focus at what is left to do", () => choose.evaluate((node) => node === document.activeElement));
  await stage.shot("15-window-shut", page);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Templates" });
  await dialog.waitFor(patience);
  check((await dialog.locator("input").first().inputValue()) === "Frank", "the template is not filled with the person's name");
  await context.close();
  stage.forgiving = false;
}
