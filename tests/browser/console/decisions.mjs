// One question on a phone and in two windows of the console: whoever is first decides it, everybody sees the same, and who was
// slower is told whose decision it is.
import { patience, until, check } from "./stage.mjs";

const REPORTS = [
  ["Petra Mayer", "Done at Mayer, Goethestrasse 5. 0.5h, replaced the tap, 1x Gasket 10-B"],
  ["Renate Groß", "Done at Groß, Schillerstrasse 12a. 0.5h, replaced the tap, 1x Gasket 10-B"],
];

/** Presses a button of the last message that says `words`: an older one may have the same. */
const presses = (stage, person, words, title) => until(`${title} on the ${person}'s phone`, async () => {
  const asks = (one) => one.direction === "out" && [words, `"${title}"`].every((part) => JSON.stringify(one).includes(part));
  const asked = (await stage.chat(person)).findLast(asks);
  return asked && stage.act(person, "press", { title, message_id: asked.id });
});

/** A report that comes as far as the question whether its invoice may be written. */
async function asked(stage, page, [name, report]) {
  await stage.acts("technician", "text", { body: report });
  await presses(stage, "technician", name, "Confirm");
  const card = (where) => where.getByTestId("approval").filter({ hasText: "Create the invoice?" }).filter({ hasText: name });
  await card(page).waitFor(patience);
  await stage.hears("office", name);
  return card;
}

export async function decisions(stage) {
  const { page } = stage;
  const { page: ana, context } = await stage.colleague("Ana");
  for (const one of [page, ana]) await one.goto(`${stage.base}/console/approvals`);

  // The phone is first; Ana's press was under way already.
  const first = await asked(stage, page, REPORTS[0]);
  await first(ana).waitFor(patience);
  let go = () => {};
  const held = new Promise((resolve) => (go = resolve));
  await ana.route(/\/approvals\/[^/]+\/decision$/, async (route) => {
    await held;
    await route.continue();
  });
  await first(ana).locator('[data-choice="defer"]').click();
  await presses(stage, "office", REPORTS[0][0], "Create");
  await first(page).locator(".outcome", { hasText: "Create, by Sabine" }).waitFor(patience);
  // Her own press is refused: she said nothing that is not known here.
  stage.expected.push("/decision");
  go();
  await ana.locator(".toast", { hasText: "Sabine was quicker" }).waitFor(patience);
  await first(ana).locator(".outcome", { hasText: "Create, by Sabine" }).waitFor(patience);
  await stage.shot("13-decided-on-the-phone", ana);
  check((await first(ana).locator(".outcome").textContent()) === (await first(page).locator(".outcome").textContent()), "two windows show two decisions");
  await ana.unroute(/\/approvals\/[^/]+\/decision$/);
  // What the second decision says is looked for below: not these words.
  await ana.locator(".toast", { hasText: "Sabine was quicker" }).waitFor({ ...patience, state: "detached" });

  // The console is first, in both windows at once; the phone comes late and is told whose it is.
  const second = await asked(stage, page, REPORTS[1]);
  await second(ana).waitFor(patience);
  const press = (where, choice) => second(where).locator(`[data-choice="${choice}"]`).evaluate((button) => button.click());
  await Promise.all([press(page, "approve"), press(ana, "defer")]);
  const outcomes = await Promise.all([page, ana].map(async (where) => {
    await second(where).locator(".outcome").waitFor(patience);
    return second(where).locator(".outcome").textContent();
  }));
  check(outcomes[0] === outcomes[1] && /by (Sabine|Ana)/.test(outcomes[0] ?? ""), `two windows show two decisions: ${outcomes.join(" | ")}`);
  const winner = /by (Sabine|Ana)/.exec(outcomes[0] ?? "")?.[1];
  const slower = winner === "Ana" ? page : ana;
  await slower.locator(".toast", { hasText: `${winner} was quicker` }).waitFor(patience);
  const before = (await stage.heard("office")).filter((one) => one.includes("already answered")).length;
  await presses(stage, "office", REPORTS[1][0], "Create");
  await until("what the phone is told", async () => {
    const told = (await stage.heard("office")).filter((one) => one.includes("already answered"));
    return told.length > before && told.at(-1)?.includes(winner ?? "");
  });
  await context.close();
}

/** Words of the agent's that wait to be sent when somebody takes over are never sent, which is said and is no failure. */
export async function silenced(stage) {
  const { page } = stage;
  await stage.openThread("Frank");
  const back = page.getByTestId("hand-back");
  await page.getByTestId("take-over").or(back).waitFor(patience);
  if (await back.isVisible()) await back.click();
  await page.getByTestId("take-over").waitFor(patience);
  await stage.toEnd();
  const fault = { target: "send", trigger: "always", person: "technician", fault: { kind: "error", code: 131000 } };
  const rule = await fetch(`${stage.sandbox}/faults`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(fault) });
  check(rule.ok, `no fault: ${await rule.text()}`);
  await stage.acts("technician", "text", { body: "What jobs are open, please?" });
  const answer = page.locator(".message.out, .message").filter({ has: page.locator('.ticks[data-state="queued"], .ticks[data-state="sending"]') }).last();
  await answer.waitFor(patience);
  const words = ((await answer.locator(".text").first().textContent()) ?? "").slice(0, 40);
  await page.getByTestId("take-over").click();
  await back.waitFor(patience);
  await fetch(`${stage.sandbox}/faults`, { method: "DELETE" });
  const dropped = page.locator(".message.dropped", { has: page.locator(".unsent", { hasText: "Not sent, because somebody took over" }) }).last();
  await dropped.waitFor(patience);
  check((await dropped.locator(".failure").count()) === 0 && (await dropped.getByRole("button", { name: "Retry" }).count()) === 0, "what was dropped looks like a failure");
  await stage.send("I have taken over");
  await stage.hears("technician", "I have taken over");
  const heard = await stage.heard("technician");
  const after = heard.findIndex((one) => one.includes("I have taken over"));
  check(words !== "" && !heard.slice(-5).some((one) => one.includes(words)), `the agent spoke after it was taken over: ${heard[after + 1]}`);
  await stage.shot("14-silenced");
  await back.click();
  await page.getByTestId("take-over").waitFor(patience);
}
