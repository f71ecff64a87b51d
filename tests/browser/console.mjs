// Staff at the console, in a real browser, against the real program with its sandbox phones.
// Arguments: the program, its folder, the browser's program, a folder for screenshots, and the ports of the gateway, the
// sandbox and the two agents. The folder holds a database with 5,000 threads, one of them 10,000 messages long.
import { calls, report } from "./console/calls.mjs";
import { colleagues } from "./console/colleagues.mjs";
import { decisions, silenced } from "./console/decisions.mjs";
import { expiry, windows } from "./console/expiry.mjs";
import { empty, troubles } from "./console/health.mjs";
import { kinds } from "./console/kinds.mjs";
import { closed, refused, shuts } from "./console/limits.mjs";
import { looks, still, theme } from "./console/looks.mjs";
import { missed } from "./console/missed.mjs";
import { approve, commands, search, upload } from "./console/office.mjs";
import { offline, outage } from "./console/outage.mjs";
import { listed, rights } from "./console/rights.mjs";
import { Stage, check, patience } from "./console/stage.mjs";
import { scrolling } from "./console/scrolling.mjs";
import { talk } from "./console/talk.mjs";
import { sending, tasks } from "./console/tasks.mjs";
import { unread } from "./console/unread.mjs";
import { volume } from "./console/volume.mjs";

const [program, folder, browser, shots, gateway, sandbox, office, field, only] = process.argv.slice(2);
const stage = new Stage({ program, folder, browser, shots, ports: { gateway, sandbox, office, field } });

async function login(link) {
  await stage.page.goto(link);
  await stage.page.locator(".thread-row").first().waitFor(patience);
  check(!stage.page.url().includes("#"), "the login's secret stays in the address");
  const again = await stage.browser.newPage();
  await again.goto(link);
  await again.locator(".gate .bad", { hasText: "used" }).waitFor(patience);
  await again.close();
  await stage.shot("0-inbox");
  await stage.accessible("the inbox");
}

const acts = {
  talk, approve, upload, search, commands, calls, report, decisions, silenced, tasks, sending, windows, unread, kinds, refused, closed, shuts,
  colleagues, missed, troubles, rights, listed, volume, scrolling, outage, offline, expiry, theme, still, looks, empty,
};
let now = "the beginning";
try {
  const link = await stage.start();
  await stage.open();
  now = "login";
  await login(link);
  for (const [name, act] of Object.entries(acts)) {
    if (only && !only.split(",").includes(name)) continue;
    now = name;
    const begun = Date.now();
    await act(stage);
    console.log(`${name}: ${Date.now() - begun} ms`);
    check(stage.complaints.length === 0, `the page complained: ${stage.complaints.join(" | ")}`);
  }
  console.log("console: the story is played");
} catch (error) {
  await stage.shot("failed").catch(() => {});
  console.error(`${now}: ${error.stack ?? error}`, stage.complaints.join(" | "));
  process.exitCode = 1;
} finally {
  await stage.close();
}
