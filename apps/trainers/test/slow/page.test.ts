/** @file The libraries in a page of Chromium and its worker, after one plain build: stopped, saved, resumed. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium as executablePath } from "@deepgrain/vitest/chromium";
import { type Browser, chromium, type Page } from "playwright";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call } from "../call";
import { type Trained, trainIn } from "../support/page/training";

const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript" };

async function buildPage(outDir: string): Promise<void> {
  await build({
    root: fileURLToPath(new URL("../support/page", import.meta.url)),
    base: "./",
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["@deepgrain/source", "module", "browser", "development|production"] },
    worker: { format: "es" },
    build: { outDir, chunkSizeWarningLimit: 4000 },
  });
}

const serve = (folder: string): Server =>
  createServer(async ({ url = "/" }, response) => {
    const path = url === "/" ? "/index.html" : new URL(url, "http://page").pathname;
    const content = await readFile(join(folder, path)).catch(() => undefined);
    response.setHeader("content-type", types[extname(path)] ?? "application/octet-stream");
    response.statusCode = content ? 200 : 404;
    response.end(content);
  });

describe.skipIf(!executablePath && !process.env.CI)("a page and its worker", () => {
  let folder: string;
  let server: Server;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "deepgrain-page-"));
    await buildPage(folder);
    server = serve(folder);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    browser = await chromium.launch({ executablePath: executablePath! });
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });
  const ask = <T>(question: string) => page.evaluate<T>(`ask(${JSON.stringify(question)})`);

  it("lets a timer end each kind of long work, on a model that came with its package too", async () => {
    const found = await ask<Record<string, string>>("stopAll");
    expect(Object.keys(found).length).toBeGreaterThan(10);
    expect(Object.entries(found).filter(([, how]) => how !== "stopped")).toEqual([]);
  });

  it("trains, stops, saves in its private files, is loaded anew, resumes: the bits of the undisturbed run", async () => {
    const expected = await trainIn(undefined);
    expect(await ask<Trained>("undisturbed")).toEqual(expected);
    expect((await ask<Trained>("begin")).steps).toBe(5);
    await page.reload();
    const resumed = await ask<Trained>("resume");
    expect(resumed).toEqual({ ...expected, losses: expected.losses.slice(5) });
    expect((await ask<Trained>("inMap")).weights).toEqual(expected.weights);
    const path = join(folder, "run");
    await trainIn(path, { stopAt: 5 });
    expect((await trainIn(path, { isResumed: true })).weights).toEqual(expected.weights);
  });

  it("saves a model that the command line opens", async () => {
    const model = join(folder, "saved");
    await mkdir(model);
    const files = await ask<Record<string, number[]>>("savedFiles");
    for (const [name, content] of Object.entries(files))
      await writeFile(join(model, name), Uint8Array.from(content));
    const { code, out, err } = await call(["moe", "inspect", "--model", model, "--json"]);
    expect(code, err).toBe(0);
    expect(JSON.parse(out).model).toMatchObject({ family: "deepseek", mixtures: 1, experts: 8 });
  });
});
