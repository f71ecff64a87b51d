// Two people at one conversation: each sees the other look and write, and what the other did.
import { patience, until } from "./stage.mjs";

export async function colleagues(stage) {
  const { page } = stage;
  const { page: ana, context } = await stage.colleague("Ana");

  await stage.openThread("Frank");
  await stage.takeOver();
  await ana.goto(page.url());
  await ana.locator(".log .message").first().waitFor(patience);
  await page.locator(".presence", { hasText: "Ana" }).waitFor(patience);
  await page.getByTestId("composer").fill("My own answer, begun before hers");
  await ana.getByTestId("composer").pressSequentially("I have answered");
  await page.locator(".presence", { hasText: "Ana is replying" }).waitFor(patience);
  await ana.getByTestId("send").click();
  await page.locator(".banner.warn", { hasText: "Ana" }).waitFor(patience);
  await page.getByTestId("composer").fill("");

  // What one does to the conversation the other sees.
  await page.locator(".log").focus();
  await page.keyboard.press("e");
  await page.locator(".toast", { hasText: "Resolved" }).waitFor(patience);
  await ana.locator(".thread-head .chip", { hasText: "Resolved" }).waitFor(patience);
  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await ana.locator(".thread-head .chip", { hasText: "Resolved" }).waitFor({ state: "detached", ...patience });
  await late(stage);
  await context.close();
}

/** A conversation that is opened while the stream begins is followed like any other. */
async function late({ context, base }) {
  const slow = await context.newPage();
  let asked = false;
  let begin = () => {};
  const held = new Promise((resolve) => (begin = resolve));
  await slow.routeWebSocket(/\/api\/live$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((frame) => {
      asked = true;
      server.send(frame);
    });
    server.onMessage(async (frame) => {
      await held;
      socket.send(frame);
    });
  });
  await slow.goto(`${base}/console?search=Frank`);
  await until("the first frame", () => asked);
  await slow.locator(".thread-row").first().click(patience);
  await slow.locator(".log .message").first().waitFor(patience);
  begin();
  await slow.locator(".presence", { hasText: "Ana" }).waitFor(patience);
  await slow.close();
}
