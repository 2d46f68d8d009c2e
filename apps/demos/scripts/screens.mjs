// Writes every step of every story as pictures: `node scripts/screens.mjs [page …]`, of the site that was built.
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium as installed } from "@deepgrain/vitest/chromium";
import { chromium } from "playwright";
import { preview } from "vite";
import { withSource } from "./load-source.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const FOLDER = here("../.screens");
const views = [
  { name: "390-dark", viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  { name: "1280-light", viewport: { width: 1280, height: 800 }, colorScheme: "light" },
];

const chosen = process.argv.slice(2);
const stories = await withSource("/src/site/told-stories.ts", async ({ storyPages, countSteps }) =>
  storyPages.map(({ id, story }) => ({ id, steps: countSteps(story) })),
);
if (!existsSync(here("../dist"))) throw new Error("screens: build the site first");
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER);
const server = await preview({ root: here(".."), preview: { port: 0, host: "127.0.0.1" } });
const [address] = server.resolvedUrls.local;
const browser = await chromium.launch({ executablePath: installed, args: ["--no-sandbox"] });
try {
  for (const { name, ...view } of views) {
    const page = await (await browser.newContext(view)).newPage();
    page.setDefaultTimeout(300_000); // some steps train
    for (const { id, steps } of stories.filter(({ id }) => !chosen[0] || chosen.includes(id)))
      for (let step = 1; step <= steps; step++) {
        await page.goto("about:blank");
        await page.goto(`${address}${id}.html#step=${step}`);
        const open = page.locator("#story .buttons");
        await open.waitFor();
        const showMe = page.getByRole("button", { name: "Show me" });
        if (await showMe.count()) {
          await page.screenshot({ path: `${FOLDER}/${id}-${step}-asked-${name}.png` });
          await showMe.click();
        }
        await page.locator("#story .told").waitFor();
        await page.waitForTimeout(1500); // the part is scrolled to
        await page.screenshot({ path: `${FOLDER}/${id}-${step}-${name}.png` });
        await page.screenshot({
          path: `${FOLDER}/${id}-${step}-whole-${name}.png`,
          fullPage: true,
        });
      }
    await page.context().close();
  }
} finally {
  await browser.close();
  await server.close();
}
console.log(FOLDER);
