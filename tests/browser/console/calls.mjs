// Calls by telephone: one that the telephone system tells of comes by itself, one is written down with its recording; and
// the report that counts what happened.
import { createHmac } from "node:crypto";
import { VOICE } from "./kinds.mjs";
import { TELEPHONY_SECRET, check, patience, until } from "./stage.mjs";

/** News of a call as the telephone system signs them. */
async function rings(stage, call) {
  const body = JSON.stringify({ direction: "in", to: "030 1234567", at: new Date().toISOString(), ...call });
  const signature = `sha256=${createHmac("sha256", TELEPHONY_SECRET).update(body).digest("hex")}`;
  const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
  const told = await fetch(`${stage.base}/api/comms/webhooks/telephony`, { method: "POST", headers, body });
  check(told.ok, `the call was not taken in: ${told.status}`);
}

export async function calls(stage) {
  const { page } = stage;
  await page.goto(`${stage.base}/console/jobs`);
  await page.locator("h1", { hasText: "Jobs" }).waitFor(patience);
  await page.getByRole("navigation").getByRole("link", { name: "Calls" }).click();
  await page.locator("h1", { hasText: "Calls" }).waitFor(patience);
  await page.locator(".empty", { hasText: "No calls" }).waitFor(patience);
  await stage.shot("10-no-calls");

  // It rings: the number is Frank's, so the call is his, and nobody reloads anything.
  await rings(stage, { call_id: "play-1", state: "ringing", from: "+49 30 23125 001" });
  const call = page.locator(".call", { hasText: "Frank" });
  await call.locator("small", { hasText: "ringing" }).waitFor(patience);
  await rings(stage, { call_id: "play-1", state: "missed", from: "+49 30 23125 001" });
  await call.locator("small", { hasText: "Missed" }).waitFor(patience);
  check((await call.count()) === 1, "one call is shown as two");

  // One that nobody told of is written down, with its recording.
  await page.getByRole("button", { name: "Write a call down" }).click();
  const form = page.locator("form.inline-form");
  await stage.shot("10-call-form");
  await stage.accessible("the form of a call");
  await form.getByLabel("Direction").selectOption("out");
  await form.getByLabel("Number").fill("030 5556677");
  await form.getByLabel("Minutes").fill("12");
  await form.getByLabel("What it was about").fill("The heating knocks; see https://example.com/heating");
  await form.locator("input[type=file]").setInputFiles({ name: "call.ogg", mimeType: "audio/ogg", buffer: VOICE });
  await form.getByRole("button", { name: "Add" }).click();
  const written = page.locator(".call", { hasText: "The heating knocks" });
  await written.waitFor(patience);
  check((await written.textContent())?.includes("Outgoing") && (await written.textContent())?.includes("12 min"), "the call is not as it was written");
  check((await form.getAttribute("hidden")) !== null, "the form stays open after the call was taken");
  await until("that the recording plays", () => written.locator("audio").evaluate(async (player) => {
    await player.play();
    return player.currentTime > 0;
  }));
  // Nothing is there that hears: that is said, and the button is usable again.
  await written.getByRole("button", { name: "Transcribe" }).click();
  await page.locator(".toast", { hasText: "COMMS_TRANSCRIPTION_PROVIDER" }).waitFor(patience);
  await written.getByRole("button", { name: "Transcribe" }).waitFor(patience);
  await stage.accessible("the calls");
  await stage.shot("10-calls");

  // The missed one stands at Frank's conversation too.
  await call.getByRole("link", { name: "To the conversation" }).click();
  await page.locator(".rail .call", { hasText: "Missed" }).waitFor(patience);
}

export async function report(stage) {
  const { page } = stage;
  await page.getByRole("navigation").getByRole("link", { name: "Report" }).click();
  await page.locator("h1", { hasText: "Report" }).waitFor(patience);
  const tile = (words) => page.locator(".tile", { hasText: words }).locator("b");
  await tile("Received").waitFor(patience);
  const number = async (words) => Number(((await tile(words).textContent()) ?? "").replace(/\D/g, ""));
  check((await number("Received")) > 0 && (await number("Sent")) > 0, "nothing was received or sent, says the report");
  check((await number("Invoices")) >= 1, "the invoice of this story is not in the report");
  check((await page.locator("svg.chart").count()) === 6, "there are not six charts");
  check((await page.locator("svg.chart rect").count()) > 0, "no chart has a bar");
  const said = await page.locator("svg.chart").first().getAttribute("aria-label");
  check(/Received: highest [\d,]+ on/.test(said ?? ""), `a chart says to who does not see it: ${said}`);
  await page.getByText("The figures as a table").click();
  await until("thirty days in the table", async () => (await page.locator(".table tbody tr").count()) === 30);
  await page.getByLabel("Time span").selectOption("7");
  await until("seven days in the charts", async () => new URL(page.url()).searchParams.get("days") === "7" && (await page.locator(".table tbody tr").count()) === 7);
  await page.reload();
  await tile("Received").waitFor(patience);
  check((await page.getByLabel("Time span").inputValue()) === "7", "the span is forgotten by a reload");
  await stage.accessible("the report");
  await stage.shot("11-report");
}
