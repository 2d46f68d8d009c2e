import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { drain, judge, runStudy, studyPage } from "@deepgrain/lab";
import { chromium as path } from "@deepgrain/vitest/chromium";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { chromium } from "playwright";
import { describe, expect, it } from "vitest";
import { shown } from "../support/shown-study";

const isMissing = path === undefined;

describe("Chromium", () => {
  it.skipIf(isMissing && !process.env.CI)("is there, as it must be in CI", () => {
    expect(isMissing).toBe(false);
  });
  if (isMissing) it.skip("SKIPPED, apt-get install chromium to run layout.test.ts", () => {});
});

interface Layout {
  /** Pixels by which the page is wider than the window. */
  overflow: number;
  /** Whether each table can scroll sideways. */
  scrolled: boolean[];
  /** Pixels between the first column and the left edge, scrolled to the end. */
  firstColumn: number[];
  wide: boolean[];
  narrow: boolean[];
  colors: string[];
}

const script = fileURLToPath(new URL("../support/measure-page.js", import.meta.url));

describe.skipIf(isMissing)("the page of a study in a browser", () => {
  it("fits screens and phones, keeps first columns in view, and follows light and dark", async () => {
    const folder = await temporaryFolder();
    const options = { folder: join(folder, "study"), seeds: [1, 2, 3] };
    const runs = await drain(runStudy(shown, options));
    await writeFile(join(folder, "page.html"), studyPage(shown, runs, judge(shown, runs)));
    const browser = await chromium.launch({ executablePath: path!, args: ["--no-sandbox"] });
    const look = async (width: number, colorScheme: "light" | "dark") => {
      const viewport = { width, height: 900 };
      const bypassCSP = true; // the measuring script is not of the page
      const page = await browser.newPage({ viewport, colorScheme, bypassCSP });
      await page.goto(pathToFileURL(join(folder, "page.html")).href);
      await page.addScriptTag({ path: script });
      return page.evaluate<Layout>("measurePage()");
    };
    try {
      for (const width of [1200, 800, 360]) {
        const [light, dark] = [await look(width, "light"), await look(width, "dark")];
        expect(light.overflow).toBe(0);
        expect(light.scrolled).toContain(false);
        if (width === 360) expect(light.scrolled).not.toContain(true); // tables are lists of their rows there
        for (const offset of light.firstColumn) expect(Math.abs(offset)).toBeLessThanOrEqual(1);
        expect([...new Set(light.wide)]).toEqual([width > 640]);
        expect([...new Set(light.narrow)]).toEqual([width <= 640]);
        expect(dark.colors).toEqual(["rgb(21, 23, 26)", "rgb(230, 230, 227)"]);
        expect(light.colors).toEqual(["rgb(252, 252, 250)", "rgb(29, 31, 33)"]);
      }
    } finally {
      await browser.close();
    }
  });
});
