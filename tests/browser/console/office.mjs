// The office at work: an approval decided by a click, a file sent, somebody found, a conversation resolved and taken back.
import { PNG, check, patience, until } from "./stage.mjs";

const REPORT = "Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B";

export async function approve(stage) {
  const { page } = stage;
  await stage.acts("technician", "text", { body: REPORT });
  await until("the question on the phone", () => stage.act("technician", "press", { title: "Confirm" }));
  await page.goto(`${stage.base}/console/approvals`);
  const goodwill = page.getByTestId("approval").filter({ hasText: "Grant goodwill?" });
  await goodwill.waitFor(patience);
  await stage.shot("2-approval");
  await stage.accessible("the approvals");
  await goodwill.locator('[data-choice="approve"]').click();
  const invoice = page.getByTestId("approval").filter({ hasText: "Create the invoice?" });
  await invoice.waitFor(patience);
  // What is written on an approval outlives news of others; and the same question is answered on the phone.
  await invoice.getByRole("button", { name: "With a reason" }).click();
  await invoice.getByRole("textbox").fill("As agreed with");
  await stage.hears("office", "Create the invoice?");
  await stage.acts("office", "text", { body: "1" });
  await invoice.locator(".outcome", { hasText: "Sabine" }).waitFor(patience);
  await stage.hears("technician", "RE-");
  await until("who decided it, on the card", async () => (await page.locator(".approval .outcome").count()) >= 1);
  await page.goto(`${stage.base}/console/invoices`);
  await page.locator(".table a", { hasText: "RE-" }).first().click(patience);
  await page.locator("h1", { hasText: "RE-" }).waitFor(patience);
  await page.goto(`${stage.base}/console/jobs`);
  await page.locator(".job-card", { hasText: "Meier" }).waitFor(patience);
  await stage.shot("3-jobs");
  await stage.accessible("the jobs");
}

export async function upload(stage) {
  const { page } = stage;
  await stage.openThread("Frank");
  const picker = page.locator('.dock input[type="file"]');
  await picker.setInputFiles({ name: "notes.exe", mimeType: "application/x-msdownload", buffer: Buffer.from("MZ") });
  await page.locator(".toast", { hasText: "notes.exe" }).waitFor(patience);
  await picker.setInputFiles({ name: "leak.png", mimeType: "image/png", buffer: PNG });
  await page.locator(".attachment", { hasText: "leak.png" }).waitFor(patience);
  await stage.send("This is where it leaks");
  await stage.hears("technician", "This is where it leaks");
  await stage.bubble("This is where it leaks").locator(".picture img").waitFor(patience);
  await page.getByTestId("hand-back").click(patience);
}

export async function search(stage) {
  const { page } = stage;
  await page.goto(`${stage.base}/console`);
  const field = page.locator(".inbox .search input");
  for (const [words, name] of [["4321", "Person 4321"], ["+49 171 900 4321", "Person 4321"], ["Fran", "Frank"]]) {
    await field.fill(words);
    await stage.row(name).waitFor(patience);
    await until("the search in the address", () => new URL(page.url()).searchParams.get("search") === words);
  }
  await nameless(stage, field);
  await field.fill("nobody is called like this");
  await page.locator(".empty", { hasText: "Nothing found" }).waitFor(patience);
  await page.getByRole("button", { name: "Clear search and filters" }).click();
  await page.locator(".thread-row").first().waitFor(patience);

  // Resolved by a key, and taken back.
  await stage.openThread("Person 77");
  await page.locator(".log").focus();
  await page.keyboard.press("e");
  await page.locator(".toast", { hasText: "Resolved" }).getByRole("button", { name: "Undo" }).click(patience);
  await page.locator(".thread-head .chip", { hasText: "Resolved" }).waitFor({ state: "detached", ...patience });
}

/** Somebody of whom only a username is known, not even a number. */
async function nameless(stage, field) {
  const person = { id: "otto", name: "Otto", username: "otto.hauswart" };
  const made = await fetch(`${stage.sandbox}/people`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(person) });
  check(made.ok, `nobody new came into the sandbox: ${await made.text()}`);
  await stage.acts("otto", "text", { body: "Is this the plumber?" });
  await until("Otto's thread", async () => (await stage.api("/threads?search=otto.hauswart")).items.length === 1);
  for (const words of ["otto.hauswart", "@otto.hauswart"]) {
    await field.fill(words);
    await until(`${words} alone`, async () => new URL(stage.page.url()).searchParams.get("search") === words && (await stage.page.locator(".thread-row").count()) === 1);
  }
  await stage.page.locator(".thread-row").first().click();
  await stage.page.locator(".rail .facts", { hasText: "@otto.hauswart" }).waitFor(patience);
  await stage.page.goto(`${stage.base}/console`);
  await stage.page.locator(".thread-row").nth(1).waitFor(patience);
}

export async function commands(stage) {
  const { page } = stage;
  await stage.openThread("Frank");
  await page.locator(".log").focus();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor(patience);
  await page.keyboard.press("Escape");

  // Arrows scroll a log that has the focus, and Escape closes only what lies on top.
  const here = page.url();
  await page.locator(".log").focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("button", { name: "Emoji" }).click();
  await page.getByRole("dialog", { name: "Emoji" }).waitFor(patience);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Emoji" }).waitFor({ state: "detached", ...patience });
  check(page.url() === here, "an arrow or Escape left the conversation");
  await page.locator(".log").focus();
  await page.keyboard.press("Control+k");
  const bar = page.getByRole("combobox", { name: "Command bar" });
  await bar.fill("settings");
  await page.keyboard.press("Enter");
  await page.locator("h1", { hasText: "Settings" }).waitFor(patience);
  await stage.accessible("the settings");
  await page.goBack();
  await page.locator(".thread-head h2", { hasText: "Frank" }).waitFor(patience);
}
