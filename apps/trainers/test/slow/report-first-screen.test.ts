/**
 * @file Every report in Chromium, as somebody opens it on a screen and on a phone. With DEEPGRAIN_SCREENSHOTS=FOLDER both are kept
 * there as pictures.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium as executablePath } from "@deepgrain/vitest/chromium";
import { type Browser, chromium, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allReports } from "../support/all-reports";
import { seriousProblems } from "../support/serious-problems";

const folder = process.env.DEEPGRAIN_SCREENSHOTS;

/** Pages of results; the drawing of a graph is a tool and has neither sections nor a finding. */
const { draw: _, ...reports } = allReports();

const NUMBER = /(?<![\p{L}\d])[+−]?\d[\d,]*(?:\.\d+)?/gu;

const countOf = (page: Page, selector: string) => page.locator(selector).count();

describe.skipIf(!executablePath)("a report in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox"] });
    if (folder) mkdirSync(folder, { recursive: true });
  });
  afterAll(() => browser?.close());

  const open = async (render: () => string, width: number): Promise<Page> => {
    const viewport = { width, height: 900 };
    const page = await browser.newPage({ viewport, bypassCSP: true }); // axe is not of the page
    await page.setContent(render());
    return page;
  };
  const keep = async (page: Page, name: string) => {
    if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  };

  it.each(Object.entries(reports))(
    "%s says its finding in a sentence and shows it on the first screen, and every section has a link",
    async (name, render) => {
      const page = await open(render, 1280);
      await keep(page, `${name}-1280`);
      const top = await page.locator("figure").first().boundingBox();
      expect(top!.y).toBeLessThan(900);
      const links = await countOf(page, "nav a");
      expect(links).toBeGreaterThanOrEqual(await countOf(page, "section"));
      const targets = await countOf(page, "h2[id]");
      expect(links).toBe(targets);
      const lead = (await page.locator("header .lead").textContent())!;
      expect(lead.match(/\S*[\p{L}\d]\S*/gu)!.length, lead).toBeLessThanOrEqual(30);
      expect((lead.match(NUMBER) ?? []).length, lead).toBeLessThanOrEqual(3);
      await page.evaluate(
        "for (const one of document.querySelectorAll('details')) one.open = true",
      );
      expect(await seriousProblems(page)).toEqual([]);
      await page.close();
    },
  );

  it.each(Object.entries(reports))(
    "%s fits a phone, and at most a quarter of its tables scroll sideways",
    async (name, render) => {
      const page = await open(render, 390);
      await keep(page, `${name}-390`);
      await page.evaluate(
        "for (const one of document.querySelectorAll('details')) one.open = true",
      );
      const { overflow, scrolled } = await page.evaluate<{ overflow: number; scrolled: string[] }>(`
        ({
          overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          scrolled: [...document.querySelectorAll(".scroll")]
            .filter((room) => room.scrollWidth > room.clientWidth + 1)
            .map((room) => room.getAttribute("aria-label")),
        })
      `);
      expect(overflow).toBe(0);
      expect(scrolled.length, scrolled.join("\n")).toBeLessThanOrEqual(
        (await countOf(page, ".scroll")) / 4,
      );
      await page.close();
    },
  );
});
