// The rights of a person: their data as a file, and their end, which is asked for twice and never by accident.
import { check, patience, until } from "./stage.mjs";

export async function rights(stage) {
  const { page } = stage;
  const person = { id: "gerda", name: "Gerda Kranich", phone: "4915155512399" };
  const made = await fetch(`${stage.sandbox}/people`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(person) });
  check(made.ok, "nobody new came into the sandbox");
  await stage.acts("gerda", "text", { body: "Gerda here, the Zapfhahn drips" });
  const threads = await until("Gerda's thread", async () => {
    const { items } = await stage.api("/threads?search=Gerda");
    return items.length === 1 && items;
  });
  await page.goto(`${stage.base}/console?search=Gerda`);
  await page.locator(".thread-row").first().click(patience);
  await stage.bubble("the Zapfhahn drips").waitFor(patience);

  // From the rail: who they are is known by now, and the file is what the API makes.
  await page.getByRole("button", { name: "More about this person" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "Export all data" }).click()]);
  check(/^contact-.+\.zip$/.test(download.suggestedFilename()), `the file is called ${download.suggestedFilename()}`);
  const bytes = await (await download.createReadStream()).reduce((all, chunk) => Buffer.concat([all, chunk]), Buffer.alloc(0));
  check(bytes.subarray(0, 2).toString() === "PK" && bytes.includes("messages-0001.json"), "the file is no archive of theirs");

  await page.getByRole("button", { name: "More about this person" }).click();
  await page.getByRole("menuitem", { name: "Open the person's page" }).click();
  await page.locator(".panel.rights").waitFor(patience);
  await stage.shot("12-rights");
  await stage.accessible("a person's page");
  const name = await page.locator(".place h1").textContent();
  await page.getByRole("button", { name: "Erase", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: `Erase ${name}?` });
  await dialog.waitFor(patience);
  check((await dialog.textContent())?.includes("No invoice has to be kept"), "it does not say what is kept");
  check((await dialog.textContent())?.includes("cannot be undone"), "it does not say that it is for good");
  await stage.accessible("the question before somebody is erased");
  const yes = dialog.getByRole("button", { name: "Erase for good" });
  check(await yes.isDisabled(), "one press erases somebody");
  await dialog.getByRole("textbox").fill("Gerda");
  check(await yes.isDisabled(), "half a name erases somebody");
  await dialog.getByRole("textbox").fill(name ?? "");
  await stage.shot("12-erase");
  await yes.click();
  await page.locator(".toast", { hasText: "was erased" }).waitFor(patience);
  await page.locator(".place h1", { hasText: "Erased person" }).waitFor(patience);
  await german(stage, threads[0].id);
  await page.goto(`${stage.base}/console?search=Gerda`);
  await page.locator(".empty", { hasText: "Nothing found" }).waitFor(patience);
  await open(stage);
}

/** What was erased, and what the server refuses, in the language of whoever reads it. */
async function german(stage, thread) {
  const { page, context } = await stage.colleague("Heike", { locale: "de" });
  await page.goto(`${stage.base}/console/conversations/${thread}`);
  await page.locator(".bubble", { hasText: "Für immer gelöscht" }).first().waitFor(patience);
  await page.locator(".thread-head h2", { hasText: "Gelöschte Person" }).waitFor(patience);
  const endless = "x".repeat(201);
  stage.expected.push(endless);
  await page.goto(`${stage.base}/console/jobs?search=${endless}`);
  await page.locator(".place", { hasText: "Danach kann der Server nicht suchen." }).waitFor(patience);
  await stage.shot("12-german", page);
  await context.close();
}

/** Somebody whose job was billed: the invoice is named that stays, and that they may go is not even asked while they work here. */
async function open(stage) {
  const { page } = stage;
  await stage.openThread("Frank");
  await page.getByRole("button", { name: "More about this person" }).click();
  await page.getByRole("menuitem", { name: "Erase" }).click();
  const dialog = page.getByRole("dialog", { name: "Erase Frank?" });
  await dialog.getByRole("link", { name: /^RE-/ }).first().waitFor(patience);
  await stage.shot("12-erase-kept");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "detached", ...patience });
  await until("that Frank is there still", async () => (await page.locator(".thread-head h2").textContent()) === "Frank");
}

/** Customers of the firm's list who never wrote: found, read, handed out and erased like anybody. */
export async function listed(stage) {
  const { page } = stage;
  await page.goto(`${stage.base}/console/people`);
  await page.locator(".place input[type=search]").fill("Maier");
  const list = page.getByRole("group", { name: "On the list of customers" });
  await list.getByRole("link", { name: "Anna Maier" }).click(patience);
  await page.locator(".place h1", { hasText: "Anna Maier" }).waitFor(patience);
  const facts = page.locator(".place .facts");
  for (const fact of ["792", "Kantstrasse 88, 10627 Berlin", "+49 30 23125 104"]) check((await facts.textContent())?.includes(fact), `the page does not say ${fact}`);
  for (const none of ["No jobs yet", "No invoices yet"]) await page.getByText(none).waitFor(patience);
  await stage.shot("12-listed");
  await stage.accessible("a customer's page");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export all data" }).click()]);
  check(download.suggestedFilename() === "customer-792.zip", `the file is called ${download.suggestedFilename()}`);
  await page.getByRole("button", { name: "Erase", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Erase Anna Maier?" });
  await dialog.getByRole("textbox").fill("Anna Maier");
  await dialog.getByRole("button", { name: "Erase for good" }).click();
  await page.locator(".toast", { hasText: "Anna Maier was erased" }).waitFor(patience);
  await page.locator(".place h1", { hasText: "Erased person" }).waitFor(patience);
  check(!(await facts.textContent())?.includes("Kantstrasse"), "their street is still there");

  // What was done for somebody, and what they owe.
  await page.goto(`${stage.base}/console/people?search=Klaus+Meier`);
  await list.getByRole("link", { name: "Klaus Meier" }).click(patience);
  await page.getByRole("region", { name: "Invoices" }).getByRole("link", { name: /^RE-/ }).first().waitFor(patience);
  await page.getByRole("region", { name: "Jobs" }).getByRole("link").first().click();
  await page.locator(".place .facts").getByRole("link", { name: "Klaus Meier" }).click(patience);
  await page.locator(".place h1", { hasText: "Klaus Meier" }).waitFor(patience);
}
