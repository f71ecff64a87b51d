// The session ends while somebody writes: they log in over the page, and what they wrote is still there. Then two windows of
// one person, which show the same.
import { check, patience, until } from "./stage.mjs";

export async function expiry(stage) {
  const { page } = stage;
  await stage.openThread("Frank");
  const field = page.getByTestId("composer");
  await field.fill("Half written when the session ended");
  stage.forgiving = true;
  await page.evaluate(() => fetch("/api/comms/logout", { method: "POST" }));
  const gate = page.getByRole("dialog", { name: "Your session has ended" });
  await gate.waitFor(patience);
  check((await field.inputValue()) === "Half written when the session ended", "the draft is gone under the overlay");
  await stage.accessible("the overlay");
  await gate.getByRole("textbox").fill("not-a-token");
  await gate.getByRole("button", { name: "Log in" }).click();
  await gate.locator(".bad", { hasText: "used" }).waitFor(patience);
  await gate.getByRole("textbox").fill(stage.token("Sabine"));
  await gate.getByRole("button", { name: "Log in" }).click();
  await gate.waitFor({ state: "detached", ...patience });
  stage.forgiving = false;
  check((await field.inputValue()) === "Half written when the session ended", "the draft is gone after logging in again");
  await page.getByTestId("send").click(patience);
  await stage.hears("technician", "Half written when the session ended");
}

export async function windows(stage) {
  const { page } = stage;
  await stage.openThread("Frank");
  // A window opens where reading stopped: the second one is to open at the end.
  await until("that all was read", async () => (await stage.row("Frank").locator(".count").count()) === 0);
  const other = await stage.watched(await stage.context.newPage());
  await other.goto(page.url());
  await other.locator(".log .message").first().waitFor(patience);
  await stage.send("Seen in both windows");
  await stage.bubble("Seen in both windows", other).waitFor(patience);
  await page.getByTestId("hand-back").click(patience);
  await other.getByTestId("take-over").waitFor(patience);

  // A colleague is named while a note is written.
  await other.getByRole("tab", { name: "Note" }).click();
  await other.getByTestId("composer").pressSequentially("Please call back @Sab");
  await other.getByRole("option", { name: /@Sabine/ }).waitFor(patience);
  await other.keyboard.press("Enter");
  check((await other.getByTestId("composer").inputValue()) === "Please call back @Sabine ", "the colleague's name was not completed");
  await other.keyboard.press("Enter");
  await page.locator(".message.note", { hasText: "@Sabine" }).waitFor(patience);

  // Canned replies, and unread that sticks.
  await page.getByTestId("composer").fill("/thanks");
  await page.getByRole("option", { name: /\/thanks/ }).waitFor(patience);
  await page.keyboard.press("Enter");
  await until("the canned reply", async () => (await page.getByTestId("composer").inputValue()).startsWith("Thank you, Frank!"));
  await page.getByTestId("composer").fill("");
  await page.getByTestId("composer").press("Escape");
  await page.keyboard.press("u");
  await until("that it is unread", async () => (await stage.row("Frank").locator(".count").count()) === 1);
  await other.close();
}
