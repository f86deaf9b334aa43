// Opens pages in Chromium, in light, in dark and on a phone: no error on the console, no request, nothing that
// axe-core finds wrong. CHROMIUM names the browser; the arguments are HTML files.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: CHROMIUM=/usr/bin/chromium node check.mjs FILE.html…");
  process.exit(2);
}

const looks = [
  ["light", "light", 1200],
  ["dark", "dark", 1200],
  ["phone", "light", 390],
];

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
let wrong = 0;
for (const file of files) {
  const address = pathToFileURL(resolve(file)).href;
  for (const [look, scheme, width] of looks) {
    const problems = [];
    const open = async (bypass) => {
      const page = await browser.newPage();
      await page.setViewport({ width, height: 900 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.setBypassCSP(bypass);
      await page.goto(address);
      return page;
    };
    // Once with the page's own policy, as its readers have it.
    const page = await browser.newPage();
    page.on("console", (message) => message.type() === "error" && problems.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
    page.on("request", (request) => request.url() !== address && problems.push(`asks for ${request.url()}`));
    await page.goto(address);
    await page.close();
    // And once without it: axe-core is a script, which the policy forbids.
    const looked = await open(true);
    const wide = await looked.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) problems.push(`${wide} px wider than the window`);
    await looked.evaluate(axe);
    const { violations } = await looked.evaluate(() => globalThis.axe.run());
    for (const { id, impact, help, nodes } of violations) {
      const where = nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join("\n    ");
      problems.push(`${id} (${impact}): ${help}; ${nodes.length} times\n    ${where}`);
    }
    await looked.close();
    wrong += problems.length;
    console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${file}, ${look}`);
    for (const problem of problems) console.log(`  ${problem}`);
  }
}
await browser.close();
process.exit(wrong === 0 ? 0 : 1);
