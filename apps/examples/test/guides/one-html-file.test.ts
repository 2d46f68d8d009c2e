import { chromium as executablePath } from "@deepgrain/vitest/chromium";
import { describe, expect, it } from "vitest";
import { withGuidePage } from "../support/guide-page";

describe.skipIf(!executablePath && !process.env.CI)("the page of the guide in Chromium", () => {
  it("learns XOR from one HTML file", async () => {
    await withGuidePage("one-html-file", "@deepgrain/tensor-gpu", async (page) => {
      await page.waitForFunction("document.getElementById('answers').textContent.length > 2");
      expect(await page.textContent("#answers")).toBe("0, 1, 1, 0");
      expect(await page.textContent("#step")).toBe("200");
      expect(Number(await page.textContent("#loss"))).toBeLessThan(0.2);
    });
  });
});
