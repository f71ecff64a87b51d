// What WhatsApp does not let through: a message it refuses, with the reason and another try, and a closed window.
import { check, patience, until } from "./stage.mjs";

export async function refused(stage) {
  await stage.openThread("Frank");
  await stage.takeOver();
  const fault = { target: "send", trigger: { next: 1 }, fault: { kind: "error", code: 131026 } };
  const body = JSON.stringify(fault);
  await fetch(`${stage.sandbox}/faults`, { method: "POST", headers: { "content-type": "application/json" }, body });
  await stage.send("Refused at first");
  const bubble = stage.bubble("Refused at first");
  await bubble.locator(".failure", { hasText: "cannot be reached" }).waitFor(patience);
  await bubble.getByRole("button", { name: "Retry" }).click();
  await until("that it was sent after all", async () => ["sent", "delivered", "read"].includes(await bubble.locator(".ticks").getAttribute("data-state")));
  const sent = (await stage.heard("technician")).filter((one) => one.includes("Refused at first"));
  check(sent.length === 1, `the second try was sent ${sent.length} times`);
  check((await bubble.count()) === 1, "a second try is a second bubble");
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
