// Everything that a person may send from their phone, as it stands in the thread: pictures, a recording, places, cards,
// quotes, reactions, edits, and what nobody knows.
import { PNG, check, patience, until } from "./stage.mjs";

/** Half a second of silence, as a phone records it. */
export const VOICE = Buffer.from(
  "T2dnUwACAAAAAAAAAAABAAAAAAAAAIRs2SQBE09wdXNIZWFkAQEAAIC7AAAAAABPZ2dTAAAAAAAAAAAAAAEAAAABAAAATv0wtwERT3B1c1RhZ3" +
  "MBAAAAeAAAAABPZ2dTAATAXQAAAAAAAAEAAAACAAAACWvDNRkDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMD+P/++P/++P/++P/++P/++P/++P/+" +
  "+P/++P/++P/++P/++P/++P/++P/++P/++P/++P/++P/++P/++P/++P/++P/++P/++P/++P/+",
  "base64",
);

export async function kinds(stage) {
  const { page } = stage;
  await stage.openThread("Frank");
  await stage.takeOver();
  await stage.send("Is it this tap?");
  await stage.hears("technician", "Is it this tap?");
  const asked = (await stage.chat("technician")).findLast((one) => JSON.stringify(one).includes("Is it this tap?"));
  await stage.acts("technician", "text", { body: "Yes, that one", reply_to: asked.id });
  await stage.acts("technician", "reaction", { emoji: "👍", message_id: asked.id });
  await stage.uploads("technician", { filename: "tap.png", caption: "The tap" }, "image/png", PNG);
  await stage.uploads("technician", { filename: "note.ogg", voice: "true" }, "audio/ogg", VOICE);
  await stage.acts("technician", "location", { latitude: 52.52, longitude: 13.405, name: "At Meier's" });
  const card = { name: { formatted_name: "The caretaker" }, phones: [{ phone: "+49 30 1234567" }] };
  await stage.acts("technician", "contacts", { contacts: [card] });
  await stage.acts("technician", "unsupported", {});
  const typo = await stage.acts("technician", "text", { body: "I come at fuor" });
  await stage.acts("technician", "edit", { message_id: typo.message_id, body: "I come at four" });
  const wrong = await stage.acts("technician", "text", { body: "Milk, eggs, bread" });
  await stage.acts("technician", "revoke", { message_id: wrong.message_id });
  await stage.acts("technician", "text", { body: "That is all" });

  await stage.bubble("That is all").waitFor(patience);
  await stage.bubble("Yes, that one").locator(".quote", { hasText: "Is it this tap?" }).waitFor(patience);
  await page.locator(".reactions").first().waitFor(patience);
  await stage.bubble("At Meier's").locator('a[href*="openstreetmap"]').waitFor(patience);
  await stage.bubble("The caretaker").locator('a[href^="tel:"]').waitFor(patience);
  await page.locator(".message", { hasText: "kind this page cannot show" }).waitFor(patience);
  await stage.bubble("I come at four").locator(".foot", { hasText: "edited" }).waitFor(patience);
  check((await stage.bubble("I come at fuor").count()) === 0, "the edited words are shown too");
  await page.locator(".message", { hasText: "This message was deleted" }).waitFor(patience);
  check((await stage.bubble("Milk").count()) === 0, "what was taken back is still shown");

  const picture = stage.bubble("The tap").locator("button.picture");
  await picture.waitFor(patience);
  await picture.focus();
  await page.keyboard.press("Enter");
  await page.locator("dialog.lightbox img").waitFor(patience);
  await page.keyboard.press("Escape");
  await page.locator("dialog.lightbox").waitFor({ state: "detached", ...patience });
  check(await picture.evaluate((node) => node === document.activeElement), "the picture gives the focus back nowhere");

  const voice = page.locator(".voice").last();
  await voice.locator("button").click(patience);
  check((await voice.locator("button").textContent()) === "1.5×", "the recording does not play faster");
  await until("that the recording plays", () => voice.locator("audio").evaluate(async (player) => {
    await player.play();
    return player.currentTime > 0;
  }));
  await stage.accessible("a thread of everything");
  await stage.shot("9-kinds");
}
