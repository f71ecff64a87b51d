// The story of the main job on the two phones of the demo's page, by buttons, in a real browser.
// Arguments: the page's address, the browser's program, a folder for screenshots.
import { chromium } from "playwright-core";

const [page_url, program, folder] = process.argv.slice(2);
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: program, args: flags });
const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
const complaints = [];
page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
page.on("pageerror", (error) => complaints.push(String(error)));

const patience = { timeout: 30_000 };
const phone = (who) => page.getByTestId(`phone-${who}`);
const bubble = (who, words) => phone(who).getByTestId("bubble").filter({ hasText: words }).last();
const press = async (who, words, title) => {
  await bubble(who, words).waitFor(patience);
  const option = phone(who).getByTestId("button-option").filter({ hasText: new RegExp(`^\\s*${title}\\s*$`) });
  await option.last().click(patience);
};

try {
  await page.goto(page_url);
  await phone("technician").getByTestId("composer").fill("Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B");
  await phone("technician").getByTestId("send").click();
  await press("technician", "Is that right?", "Confirm");
  await bubble("technician", "with the office").waitFor(patience);
  await page.screenshot({ path: `${folder}/1-handed-over.png` });
  // The office has not written for a day: its question comes as a template, whose buttons carry the options.
  await press("office", "Grant goodwill?", "1");
  await press("office", "Create the invoice?", "Create");
  await bubble("technician", "RE-").waitFor(patience);
  await bubble("office", "RE-").waitFor(patience);
  await page.screenshot({ path: `${folder}/2-settled.png` });
  const invoices = await phone("technician").getByTestId("bubble").filter({ hasText: "RE-" }).count();
  if (invoices !== 1) throw new Error(`the technician heard of the invoice ${invoices} times`);
  if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join(" | ")}`);
  console.log("two phones: the story is played");
} catch (error) {
  await page.screenshot({ path: `${folder}/failed.png` });
  console.error(String(error), complaints.join(" | "));
  process.exitCode = 1;
} finally {
  await browser.close();
}
