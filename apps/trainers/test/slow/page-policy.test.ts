/** @file Every kind of page in Chromium, with markup in every text and name: its policy stops nothing of ours. */

import { tokenFlow } from "@deepgrain/icl-anchors";
import { page as pageOf, section } from "@deepgrain/lab";
import { colouredPage } from "@deepgrain/prm/pages";
import { Html } from "@deepgrain/support/pages";
import { chromium as executablePath } from "@deepgrain/vitest/chromium";
import { explainHtml } from "@deepgrain/watermark";
import { type Browser, chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allReports } from "../support/all-reports";

const hostile = `<img src=x onerror="evil()"><script>evil()</script><svg onload=evil()>"'`;

const flowPage = () => {
  const tokens = ["a", "b", "c"].map((token) => `${hostile}${token}`);
  const layers = [0, 1].map((layer) => Float32Array.from({ length: 9 }, (_, i) => i + layer));
  const flow = new Html(tokenFlow({ tokens, layers, marked: [1], target: 2 }));
  return pageOf({
    title: hostile,
    meta: hostile,
    lead: hostile,
    sections: [section(hostile, flow)],
  });
};

const stepsPage = () =>
  colouredPage([{ problem: hostile, steps: [hostile, "2"], scores: [0.2, 0.9] }]);

const evidencePage = () => {
  const tokens = [-3, 0, 3].map((evidence, position) => ({
    token: position,
    position,
    isScored: true,
    evidence,
  }));
  const detection = { verdict: "found", pValue: 1e-4, scored: 3 };
  const figure = explainHtml({ tokens, detection } as never, () => hostile);
  return pageOf({ title: hostile, sections: [section(hostile, new Html(figure))] });
};

const pages: Record<string, () => string> = {
  ...allReports(hostile),
  "token flow": flowPage,
  "scored steps": stepsPage,
  "watermark evidence": evidencePage,
};

describe.skipIf(!executablePath)("the policy of", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
    });
  });
  afterAll(() => browser?.close());

  it.each(Object.entries(pages))("%s stops nothing that the page does", async (_, render) => {
    const html = render();
    expect(html.match(/http-equiv="Content-Security-Policy"/g)).toHaveLength(1);
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    page.on("pageerror", ({ message }) => faults.push(message));
    page.on("request", (request) => {
      if (!/^(data|blob):/.test(request.url()) && request.url() !== "http://page.test/")
        faults.push(request.url());
    });
    await page.route("http://page.test/", (route) =>
      route.fulfill({ contentType: "text/html", body: html }),
    );
    await page.addInitScript(
      "globalThis.reports = []; addEventListener('securitypolicyviolation', (e) => reports.push(e.violatedDirective + ' ' + e.sample));",
    );
    await page.goto("http://page.test/");
    for (const control of await page.locator("button, summary").all()) {
      if (await control.isVisible()) await control.click();
    }
    for (const control of await page.locator("select").all()) {
      const options = await control.locator("option").all();
      for (let i = 0; i < options.length; i++) await control.selectOption({ index: i });
    }
    for (const control of await page.locator('input[type="range"]').all()) {
      await control.focus();
      await page.keyboard.press("ArrowRight");
    }
    for (const control of await page.locator('input[type="search"], input[type="text"]').all())
      await control.fill(hostile);
    for (const control of await page.locator("a[download]").all()) {
      const [download] = await Promise.all([page.waitForEvent("download"), control.click()]);
      expect(await download.failure()).toBeNull();
    }
    const reports = await page.evaluate<string[]>("reports");
    await page.close();
    expect({ faults, reports }).toEqual({ faults: [], reports: [] });
  });

  it("stops what is not ours, were it to get into a page", async () => {
    const page = await browser.newPage();
    const html = flowPage().replace(
      "</main>",
      "<script>document.title = 'taken'</script><img src='https://example.invalid/x'></main>",
    );
    await page.addInitScript(
      "globalThis.reports = []; addEventListener('securitypolicyviolation', (e) => reports.push(e.violatedDirective));",
    );
    await page.route("http://page.test/", (route) =>
      route.fulfill({ contentType: "text/html", body: html }),
    );
    await page.goto("http://page.test/");
    expect(await page.title()).not.toBe("taken");
    const reports = await page.evaluate<string[]>("reports");
    expect([...reports].sort()).toEqual(["img-src", "script-src-elem"]);
    await page.close();
  });
});
