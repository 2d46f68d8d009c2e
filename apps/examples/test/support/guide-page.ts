import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium as executablePath } from "@deepgrain/vitest/chromium";
import { build } from "esbuild";
import { chromium, type Page } from "playwright";
import { expect } from "vitest";
import { guideText } from "./guide";
import { files, serveLoopback } from "./loopback";

/**
 * Opens the page of a guide in Chromium, with a package's sources where the page names its address at a content delivery
 * network.
 *
 * @param use what to do with the open page
 */
export async function withGuidePage(
  guide: string,
  library: string,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-page-"));
  const address = `https://cdn.jsdelivr.net/npm/${library}/+esm`;
  const [, html] = /^```html\n([\s\S]*?)^```$/m.exec(guideText(guide))!;
  expect(html).toContain(address);
  await build({
    stdin: {
      contents: `export * from ${JSON.stringify(library)}`,
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    conditions: ["@deepgrain/source"],
    bundle: true,
    format: "esm",
    platform: "browser",
    external: ["node:*", "koffi", "gpu.js"],
    outfile: join(folder, "esm.js"),
  });
  writeFileSync(join(folder, "page.html"), html!.replace(address, "./esm.js"));
  const server = await serveLoopback(files(folder));
  const browser = await chromium.launch({
    executablePath: executablePath!,
    args: ["--no-sandbox"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}/page.html`);
    await use(page);
  } finally {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
