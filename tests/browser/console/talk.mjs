// Talking with somebody: a message arrives by itself, staff answer, ticks rise, take over, hand back, notes and drafts.
import { check, patience, until } from "./stage.mjs";

const state = (bubble) => bubble.locator(".ticks").getAttribute("data-state");

export async function talk(stage) {
  const { page } = stage;
  await page.locator(".thread-row").first().waitFor(patience);

  // A live message: the row comes to the top without a reload.
  await stage.acts("technician", "text", { body: "Hello, this is Frank" });
  await until("Frank's row at the top", async () => (await page.locator(".thread-row .name").first().textContent()) === "Frank");
  await page.locator(".thread-row").first().click();
  await stage.bubble("Hello, this is Frank").waitFor(patience);
  await stage.hears("technician", "");
  await stage.shot("1-thread");
  await stage.accessible("a thread");

  // Take over, answer, and see it arrive.
  await page.getByTestId("take-over").click(patience);
  await page.getByTestId("hand-back").waitFor(patience);
  await stage.acts("technician", "typing", { on: false });
  await stage.send("We are on our way");
  const ours = stage.bubble("We are on our way");
  await ours.waitFor({ timeout: 2_000 });
  await stage.hears("technician", "We are on our way");
  await until("the second tick", async () => ["delivered", "read"].includes(await state(ours)));
  await stage.acts("technician", "read", {});
  await until("that it was read", async () => (await state(ours)) === "read");
  check((await ours.count()) === 1, "the answer stands there more than once");

  // A double press is one message.
  await page.getByTestId("composer").fill("Only once");
  await page.getByTestId("send").dblclick();
  await stage.hears("technician", "Only once");
  check((await stage.heard("technician")).filter((one) => one.includes("Only once")).length === 1, "a double press sent it twice");

  // While staff hold it the agent is silent.
  const before = (await stage.heard("technician")).length;
  await stage.acts("technician", "text", { body: "What is open?" });
  await stage.bubble("What is open?").waitFor(patience);
  check((await stage.heard("technician")).length === before, "the agent spoke while staff held the conversation");

  await note(stage);
  await drafts(stage);

  await page.getByTestId("hand-back").click();
  await page.getByTestId("take-over").waitFor(patience);
  await until("the agent's answer to what waited", async () => (await stage.heard("technician")).length > before);
}

async function note(stage) {
  const { page } = stage;
  await page.getByTestId("composer").press("Escape");
  await page.keyboard.press("n");
  await page.getByTestId("composer").fill("The bell is broken");
  await page.keyboard.press("Enter");
  await page.locator(".message.note", { hasText: "The bell is broken" }).waitFor(patience);
  await page.locator(".rail .note-card", { hasText: "The bell is broken" }).waitFor(patience);
  const said = await stage.heard("technician");
  check(!said.some((one) => one.includes("The bell is broken")), "a note reached WhatsApp");
}

async function drafts(stage) {
  const { page } = stage;
  await page.getByRole("tab", { name: "Reply" }).click();
  await page.getByTestId("composer").fill("A draft that is not sent");
  await page.waitForTimeout(600);
  await page.reload();
  const field = page.getByTestId("composer");
  await field.waitFor(patience);
  await until("the draft after a reload", async () => (await field.inputValue()) === "A draft that is not sent");
  await field.fill("");
}
