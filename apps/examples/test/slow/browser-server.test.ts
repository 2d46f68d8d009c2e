import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium as browserPath } from "@deepgrain/vitest/chromium";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { files, type Loopback, serveLoopback } from "../support/loopback";
import { saveTinyModel } from "../support/tiny-models";

const example = fileURLToPath(new URL("../../browser-server", import.meta.url));
const PATIENCE = { timeout: 240_000 };

describe.skipIf(!browserPath)("a page with a model behind its service worker", () => {
  let folder: string;
  let server: Loopback;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "deepgrain-browser-server-"));
    cpSync(join(example, "public"), folder, { recursive: true });
    cpSync(join(example, "index.html"), join(folder, "index.html"));
    await saveTinyModel(join(folder, "model"), { texts: ["once"], vocabSize: 258, type: "llama" });
    await build({
      entryPoints: [join(example, "page.js"), join(example, "worker.js")],
      outdir: folder,
      bundle: true,
      format: "esm",
      conditions: ["@deepgrain/source"],
      external: ["node:*"],
      logLevel: "error",
      nodePaths: [fileURLToPath(new URL("../../node_modules", import.meta.url))],
    });
    server = await serveLoopback(files(folder));
    browser = await chromium.launch({ executablePath: browserPath! });
    page = await browser.newPage();
    await page.goto(`${server.url}/index.html`);
    await page.locator("output", { hasText: /^ready$/ }).waitFor(PATIENCE);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Presses the button, and waits for the whole text. */
  async function completed(count: number): Promise<string | null> {
    await page.click("button");
    const output = page.locator("output");
    await expect.poll(() => output.getAttribute("data-done"), PATIENCE).toBe(String(count));
    return output.textContent();
  }

  it("is answered without a network, and again after the service worker was stopped, by the same model", async () => {
    const first = await completed(1);
    expect(first!.startsWith("Once upon a time")).toBe(true);
    expect(first!.length).toBeGreaterThan("Once upon a time".length);
    await page.context().setOffline(true);
    expect(await completed(2)).toBe(first);
    const devTools = await page.context().newCDPSession(page);
    await devTools.send("ServiceWorker.enable");
    await devTools.send("ServiceWorker.stopAllWorkers");
    expect(await completed(3)).toBe(first);
    const loaded = server.asked.filter((path) => path.endsWith("model.safetensors"));
    expect(new Set(loaded).size).toBe(1);
    const times = loaded.length;
    expect(await completed(4)).toBe(first);
    expect(server.asked.filter((path) => path.endsWith("model.safetensors"))).toHaveLength(times);
    expect(server.asked.filter((path) => path.startsWith("/v1/"))).toEqual([]);
  });

  it("gets errors as from any server, and may leave", async () => {
    const statuses = await page.evaluate(async () => {
      const headers = { "content-type": "application/json" };
      const ask = (body: object, signal?: AbortSignal) =>
        fetch("/v1/completions", {
          method: "POST",
          headers,
          body: JSON.stringify(body),
          ...(signal && { signal }),
        });
      const unknown = (await ask({ model: "none", prompt: "a" })).status;
      const stop = new AbortController();
      const long = { model: "model", prompt: "a", max_tokens: 400, stream: true };
      const response = await ask(long, stop.signal);
      stop.abort();
      const left = await response.text().then(
        () => "read",
        () => "left",
      );
      return { unknown, left };
    });
    expect(statuses).toEqual({ unknown: 404, left: "left" });
  });
});
