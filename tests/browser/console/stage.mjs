// What every act of the console's story stands on: the program, its sandbox phones, the browser with one logged-in page,
// and what the page complained about.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const PATIENCE_MS = 45_000;
export const patience = { timeout: PATIENCE_MS };
/** What the telephone system of the story signs with. */
export const TELEPHONY_SECRET = "the-telephone-system-of-the-story";

const axe = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/** Until `look` gives something true; the last thing it gave otherwise. */
export async function until(what, look) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

/** A picture of one pixel. */
export const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

export function check(truth, what) {
  if (!truth) throw new Error(what);
}

export class Stage {
  complaints = [];
  /** While the server is away the browser complains of it, rightly. */
  forgiving = false;
  /** Words of complaints that are looked for: the browser may be slow to tell of them. */
  expected = [];

  constructor({ program, folder, ports, browser, shots }) {
    Object.assign(this, { program, folder, ports, browserProgram: browser, shots });
    this.base = `http://127.0.0.1:${ports.gateway}`;
    this.sandbox = `http://127.0.0.1:${ports.sandbox}/sandbox`;
  }

  /** Starts the program and waits for its addresses; resolves with the login link. */
  async start() {
    const { gateway, office, field, sandbox } = this.ports;
    const env = {
      WEBHOOK_PORT: gateway, OFFICE_AGENT_PORT: office, FIELD_AGENT_PORT: field,
      PLUMBLINE__TURNS__GATHER_MS: 200, TELEPHONY_WEBHOOK_SECRET: TELEPHONY_SECRET, ...this.variables,
    };
    const all = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
    this.server = spawn(this.program, ["demo", "--sandbox-port", String(sandbox)], {
      cwd: this.folder, env: all, stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    this.server.stdout.on("data", (data) => (said += data));
    await until("the demo's addresses", () => said.includes("Gateway:"));
    return /Console: (\S+)/.exec(said)?.[1] ?? "";
  }

  /** A bearer token, as the command mints it; the page takes it like a link. */
  token(user, role = "owner") {
    const minted = spawnSync(this.program, ["token", "--user", user, "--role", role], { cwd: this.folder, env: {}, encoding: "utf8" });
    check(minted.status === 0, `no token: ${minted.stderr}`);
    return minted.stdout.trim();
  }

  async kill() {
    const gone = new Promise((resolve) => this.server.once("exit", resolve));
    this.server.kill("SIGKILL");
    await gone;
  }

  async open() {
    this.browser = await chromium.launch({ executablePath: this.browserProgram, args: FLAGS });
    this.context = await this.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en", colorScheme: "light" });
    await this.context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
    });
    this.context.setDefaultTimeout(PATIENCE_MS);
    this.page = await this.watched(await this.context.newPage());
  }

  /** A page whose complaints count. */
  async watched(page) {
    const known = (text) => this.forgiving || this.expected.some((words) => text.includes(words));
    const complain = (text) => known(text) || this.complaints.push(text);
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && complain(`${message.text()} ${message.location().url}`));
    page.on("pageerror", (error) => complain(String(error.stack ?? error)));
    page.on("response", (answer) => answer.status() >= 500 && complain(`${answer.status()} ${answer.url()}`));
    return page;
  }

  async close() {
    await this.browser?.close();
    this.server?.kill("SIGKILL");
  }

  shot(name, page = this.page) {
    return page.screenshot({ path: `${this.shots}/${name}.png` });
  }

  /** What the API says to an owner. */
  async api(path, { method = "GET", body } = {}) {
    this.bearer ??= this.token("Sabine");
    const headers = { authorization: `Bearer ${this.bearer}`, "content-type": "application/json" };
    const answer = await fetch(`${this.base}/api/comms${path}`, { method, headers, body: body && JSON.stringify(body) });
    check(answer.ok, `${method} ${path}: ${answer.status}`);
    return answer.status === 204 ? null : answer.json();
  }

  /** Somebody else of the office, at a console of their own. */
  async colleague(name, { locale = "en" } = {}) {
    const known = (await this.api("/users")).items.some((user) => user.name === name);
    const context = await this.browser.newContext({ viewport: { width: 1440, height: 900 }, locale });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await this.watched(await context.newPage());
    if (known) {
      // Before the login the page is refused what it asks for.
      this.forgiving = true;
      await page.goto(`${this.base}/console`);
      await page.getByRole("textbox").fill(this.token(name, "staff"));
      await page.getByRole("button", { name: "Log in" }).click();
    } else {
      const { login_path: path } = await this.api("/users", { method: "POST", body: { name, role: "staff" } });
      await page.goto(new URL(path, this.base).href);
    }
    await page.locator(".thread-row").first().waitFor(patience);
    this.forgiving = false;
    return { page, context };
  }

  /** Something a person does on their phone; what the sandbox says of it, or nothing where the phone cannot. */
  async act(person, act, body) {
    const answer = await fetch(`${this.sandbox}/people/${person}/${act}`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body ?? {}),
    });
    return answer.ok ? answer.json() : null;
  }

  async acts(person, act, body) {
    const done = await this.act(person, act, body);
    check(done, `the ${person}'s phone could not: ${act}`);
    return done;
  }

  /** A file that a person sends from their phone. */
  async uploads(person, how, type, body) {
    const url = `${this.sandbox}/people/${person}/upload?${new URLSearchParams(how)}`;
    const answer = await fetch(url, { method: "POST", headers: { "content-type": type }, body });
    check(answer.ok, `the ${person}'s phone could not send ${JSON.stringify(how)}`);
  }

  /** All that stands in the chat on a phone. */
  async chat(person) {
    return (await (await fetch(`${this.sandbox}/people/${person}/messages`)).json()).messages;
  }

  /** What the business said on a phone. */
  async heard(person) {
    return (await this.chat(person)).filter((message) => message.direction === "out").map((message) => JSON.stringify(message));
  }

  async hears(person, words) {
    return until(`${words} on the ${person}'s phone`, async () => (await this.heard(person)).some((one) => one.includes(words)));
  }

  row(name) {
    return this.page.locator(".thread-row").filter({ has: this.page.locator(".name", { hasText: new RegExp(`^${name}$`) }) }).first();
  }

  bubble(words, page = this.page) {
    return page.locator(".message").filter({ hasText: words });
  }

  /** Opens the thread of somebody through the search, as one does among thousands. */
  async openThread(name) {
    await this.page.goto(`${this.base}/console?search=${encodeURIComponent(name)}`);
    await this.row(name).click(patience);
    await this.page.locator(".thread-head h2", { hasText: name }).waitFor(patience);
    await this.page.locator(".log .message").first().waitFor(patience);
  }

  /** To the latest message: a thread opens where reading stopped. */
  async toEnd() {
    const down = this.page.locator(".down");
    await until("the end of the thread", async () => {
      if (await down.isVisible()) await down.click();
      return !(await down.isVisible());
    });
  }

  /** Makes the open thread ours, whoever had it. */
  async takeOver() {
    const take = this.page.getByTestId("take-over");
    const back = this.page.getByTestId("hand-back");
    await take.or(back).waitFor(patience);
    if (await take.isVisible()) await take.click();
    await back.waitFor(patience);
  }

  async send(words) {
    await this.page.getByTestId("composer").fill(words);
    await this.page.getByTestId("send").click(patience);
  }

  /** Nothing serious that keeps anybody from using what is shown. */
  async accessible(where, page = this.page) {
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const grave = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
    const words = grave.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(", ")}`);
    check(grave.length === 0, `axe on ${where}: ${words.join(" | ")}`);
  }

  /** Nothing is wider than the window. */
  async fits(where, page = this.page) {
    const { wide, window } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, window: innerWidth }));
    check(wide <= window, `${where} scrolls sideways: ${wide} in ${window}`);
  }
}
