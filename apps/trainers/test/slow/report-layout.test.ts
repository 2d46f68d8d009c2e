/**
 * @file Every report in Chromium at three widths, light and dark, measured by the browser's own geometry. With
 * DEEPGRAIN_SCREENSHOTS=FOLDER pages and pictures are kept there.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium as executablePath } from "@deepgrain/vitest/chromium";
import { type Browser, chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allReports } from "../support/all-reports";

const folder = process.env.DEEPGRAIN_SCREENSHOTS;
const script = fileURLToPath(new URL("../support/measure-report.js", import.meta.url));
const widths = [1200, 800, 360];

describe("Chromium", () => {
  it.skipIf(!executablePath && !process.env.CI)("is there, as it must be in CI", () => {
    expect(executablePath).toBeDefined();
  });
  if (!executablePath)
    it.skip("SKIPPED, apt-get install chromium to run report-layout.test.ts", () => {});
});

describe.skipIf(!executablePath)("the reports in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
    });
  });
  afterAll(() => browser?.close());

  it.each(Object.entries(allReports()))(
    "%s: no text lies over another, nothing leaves the window, tables keep their first column",
    async (name, render) => {
      const html = render();
      if (folder) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, `${name}.html`), html);
      }
      const faults: Record<string, string[]> = {};
      const page = await browser.newPage({ bypassCSP: true }); // the measuring script is not of the page
      await page.setContent(html);
      await page.addScriptTag({ path: script });
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        await page.evaluate(
          "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))",
        );
        const found = await page.evaluate<string[]>("measureReport()");
        if (found.length > 0) faults[width] = found;
        if (folder)
          for (const colorScheme of ["light", "dark"] as const) {
            await page.emulateMedia({ colorScheme });
            const path = join(folder, `${name}-${width}-${colorScheme}.png`);
            await page.screenshot({ path, fullPage: true });
          }
      }
      await page.close();
      expect(faults).toEqual({});
    },
  );
});
