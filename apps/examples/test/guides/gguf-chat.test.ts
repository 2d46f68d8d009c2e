import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium as executablePath } from "@deepgrain/vitest/chromium";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { saveTinyGguf } from "../support/gguf-model";
import { checkGgufPage, checkGgufPageFailures } from "../support/gguf-page";
import { guideText } from "../support/guide";
import { files, type Loopback, serveLoopback } from "../support/loopback";

const example = fileURLToPath(new URL("../../gguf-chat", import.meta.url));

it("is in the guide as it is in the example", () => {
  const blocks = guideText("open-your-gguf-file").matchAll(/^```ts browser\n([\s\S]*?)^```$/gm);
  expect(Array.from(blocks, ([, code]) => code)).toEqual(
    ["worker.ts", "messages.ts"].map((name) => readFileSync(join(example, name), "utf8")),
  );
});

describe.skipIf(!executablePath && !process.env.CI)("the page of the example in Chromium", () => {
  let folder: string;
  let file: string;
  let server: Loopback;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "deepgrain-gguf-chat-"));
    file = join(folder, "tiny.gguf");
    await saveTinyGguf(join(folder, "model"), file);
    cpSync(join(example, "index.html"), join(folder, "index.html"));
    await build({
      entryPoints: [join(example, "page.ts"), join(example, "worker.ts")],
      outdir: folder,
      outExtension: { ".js": ".ts" }, // under the names that page and worker are asked for
      bundle: true,
      format: "esm",
      conditions: ["@deepgrain/source"],
      external: ["node:*", "koffi", "gpu.js"],
      logLevel: "error",
      nodePaths: [fileURLToPath(new URL("../../node_modules", import.meta.url))],
    });
    server = await serveLoopback(files(folder));
    browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox"] });
    page = await browser.newPage();
    await page.goto(`${server.url}/index.html`);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("answers with the GGUF file that the visitor picks, as Node does", () =>
    checkGgufPage(page, file));

  it("stops, says what fails, and goes on", () => checkGgufPageFailures(page, file));
});
