import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium as executablePath } from "@deepgrain/vitest/chromium";
import { build } from "esbuild";
import { chromium } from "playwright";
import { describe, expect, it } from "vitest";
import { guideText } from "../support/guide";
import { files, serveLoopback } from "../support/loopback";

const cdn = "https://cdn.jsdelivr.net/npm/@deepgrain/tensor-gpu/+esm";

describe.skipIf(!executablePath && !process.env.CI)("the page of the guide in Chromium", () => {
  it("learns XOR from one HTML file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "deepgrain-page-"));
    const [, page] = /^```html\n([\s\S]*?)^```$/m.exec(guideText("one-html-file"))!;
    expect(page).toContain(cdn);
    await build({
      stdin: {
        contents: 'export * from "@deepgrain/tensor-gpu"',
        resolveDir: fileURLToPath(new URL(".", import.meta.url)),
      },
      conditions: ["@deepgrain/source"],
      bundle: true,
      format: "esm",
      platform: "browser",
      external: ["node:*", "koffi", "gpu.js"],
      outfile: join(folder, "esm.js"),
    });
    writeFileSync(join(folder, "page.html"), page!.replace(cdn, "./esm.js"));
    const server = await serveLoopback(files(folder));
    const browser = await chromium.launch({
      executablePath: executablePath!,
      args: ["--no-sandbox"],
    });
    try {
      const tab = await browser.newPage();
      await tab.goto(`${server.url}/page.html`);
      await tab.waitForFunction("document.getElementById('answers').textContent.length > 2");
      expect(await tab.textContent("#answers")).toBe("0, 1, 1, 0");
      expect(await tab.textContent("#step")).toBe("200");
      expect(Number(await tab.textContent("#loss"))).toBeLessThan(0.2);
    } finally {
      await browser.close();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
