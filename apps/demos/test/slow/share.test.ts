import { readFile } from "node:fs/promises";
import axe from "axe-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PageId, pages } from "../../src/site/document";
import { openSite, type Site, visit, withoutChromium } from "./support/site";

/** A state other than the first, which a page shows at once or computes soon. */
const states: Partial<Record<PageId, string>> = { anchors: "layers=3", verifier: "n=8" };

describe.skipIf(withoutChromium)("sharing a page, in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  it.each(pages.map(({ id }) => id))(
    "%s gives its address, picture, citation and code by keyboard",
    async (id) => {
      const state = states[id] ? `#${states[id]}` : "";
      const { page, complaints } = await visit(site.browser, site.url, `${id}.html${state}`);
      await page.getByRole("button", { name: "Share" }).focus();
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      const address = `${site.url}${id}.html${state}`;
      const blocks = await dialog.locator("pre").allTextContents();
      expect(blocks[0]).toBe(address);
      expect(blocks[1]).toContain(`url = {${address}}`);
      expect(blocks[2]).toContain('from "@deepgrain/');
      expect(blocks[3]).toContain(
        `<deepgrain-figure page="${id}"${state && ` state="${states[id]}"`}>`,
      );
      expect(blocks[4]).toContain(`src="${site.url}${id}.html?embed${state}"`);
      await page.evaluate(axe.source);
      const found = await page.evaluate<{ impact: string; id: string }[]>(
        "axe.run().then(({ violations }) => violations.filter(({ impact }) => /serious|critical/.test(impact)))",
      );
      expect(found).toEqual([]);
      const saved = async (kind: "SVG" | "PNG") => {
        const download = page.waitForEvent("download");
        await dialog.getByRole("button", { name: `Save as ${kind}` }).press("Enter");
        return readFile(await (await download).path());
      };
      const svg = (await saved("SVG")).toString();
      const png = await saved("PNG");
      const title = await page.textContent("h1");
      expect(svg).toContain(`<title>${title}. `);
      expect(svg.replaceAll(/<\/?(text|tspan)[^>]*>/g, "")).toContain(site.url.slice(0, 20));
      expect(svg).not.toMatch(/var\(|NaN|undefined/);
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1200, 630]);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      expect(await page.evaluate("document.activeElement.textContent")).toBe("Share");
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it("anchors’ picture has the number that the page shows", async () => {
    const { page } = await visit(site.browser, site.url, "anchors.html#layers=1");
    const number = (await page.textContent("#anchors-loyalty"))!;
    await page.getByRole("button", { name: "Share" }).click();
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save as SVG" }).click();
    const svg = await readFile(await (await saved).path(), "utf8");
    expect(svg).toContain(`Answers that stay: ${number}`);
    await page.close();
  });
});
