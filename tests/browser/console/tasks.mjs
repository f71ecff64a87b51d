// Tasks beside a conversation: added, changed where they stand, refused and taken back, ticked off. And how one sends.
import { check, patience, until } from "./stage.mjs";

export async function tasks(stage) {
  const { page } = stage;
  await stage.openThread("Frank");
  const rail = page.locator(".rail");
  await rail.getByRole("button", { name: "Add a task" }).click();
  const form = rail.getByRole("form", { name: "Add a task" });
  await form.getByLabel("What is to be done").fill("Order a new Gasket 10-B");
  const due = new Date(Date.now() + 86_400_000);
  await form.getByLabel("Due").fill(new Date(due.getTime() - due.getTimezoneOffset() * 60_000).toISOString().slice(0, 16));
  await form.getByLabel("Assign").selectOption({ label: "Sabine" });
  await form.getByRole("button", { name: "Add", exact: true }).click();
  const task = (words) => rail.locator(".item").filter({ hasText: words });
  await task("Order a new Gasket 10-B").filter({ hasText: "Sabine" }).filter({ hasText: "due" }).waitFor(patience);

  // Changed where it stands, by the keyboard alone.
  await rail.getByRole("button", { name: "Change the task: Order a new Gasket 10-B" }).press("Enter");
  const edit = rail.getByRole("form", { name: "Change the task" });
  const title = edit.getByLabel("What is to be done");
  check(await title.evaluate((node) => node === document.activeElement), "the focus is not in the task that is changed");
  check((await edit.getByLabel("Assign").locator("option:checked").textContent()) === "Sabine", "the form does not say whose it is");
  await title.fill("Order two Gaskets 10-B");
  await edit.getByLabel("Assign").selectOption("");
  await stage.accessible("a task that is changed");
  await stage.shot("16-task");
  await title.press("Enter");
  await task("Order two Gaskets 10-B").waitFor(patience);
  check(!(await task("Order two Gaskets 10-B").textContent())?.includes("Sabine"), "it is Sabine's still");
  const id = async () => (await stage.api("/tasks?limit=100")).items.find((one) => one.title === "Order two Gaskets 10-B");
  check(((await until("the change in the house", id)).assignee ?? null) === null, "the house did not take the change");

  // What the server refuses is taken back, and said.
  stage.forgiving = true;
  await page.route(/\/tasks\/[^/]+$/, (route) => (route.request().method() === "PATCH" ? route.fulfill({ status: 503, json: { code: "unavailable" } }) : route.continue()));
  await rail.getByRole("button", { name: "Change the task: Order two" }).click();
  await edit.getByLabel("What is to be done").fill("This is refused");
  await edit.getByRole("button", { name: "Save" }).click();
  await page.locator(".toast").waitFor(patience);
  await task("Order two Gaskets 10-B").waitFor(patience);
  check((await task("This is refused").count()) === 0, "what was refused is shown");
  await page.unroute(/\/tasks\/[^/]+$/);
  stage.forgiving = false;

  await rail.getByRole("checkbox", { name: "Done: Order two Gaskets 10-B" }).check();
  await rail.locator(".item.done", { hasText: "Order two Gaskets 10-B" }).waitFor(patience);
  await page.goto(`${stage.base}/console/tasks?view=done`);
  await page.locator(".item.done", { hasText: "Order two Gaskets 10-B" }).waitFor(patience);
}

/** Whoever likes Enter for a new line sends with Ctrl or Cmd. */
export async function sending(stage) {
  const { page } = stage;
  await page.goto(`${stage.base}/console/settings`);
  await page.getByLabel(/^Enter sends/).uncheck();
  await stage.openThread("Frank");
  await stage.takeOver();
  const field = page.getByTestId("composer");
  await field.fill("One line");
  await field.press("Enter");
  await field.pressSequentially("and another");
  check((await field.inputValue()) === "One line\nand another", "Enter sent what it was to break");
  await field.press("Control+Enter");
  await stage.hears("technician", "One line\\nand another");
  check((await field.inputValue()) === "", "what was sent stays in the box");
  await page.goto(`${stage.base}/console/settings`);
  await page.getByLabel(/^Enter sends/).check();
  await stage.openThread("Frank");
  await field.fill("Enter is enough again");
  await field.press("Shift+Enter");
  check((await field.inputValue()) === "Enter is enough again\n", "Shift and Enter make no new line");
  await field.press("Enter");
  await stage.hears("technician", "Enter is enough again");
  await page.getByTestId("hand-back").click(patience);
}
