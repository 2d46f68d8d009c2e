import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type {} from "@deepgrain/vitest/describe-chromium";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { serve } from "../../ours/page-in-chromium.mjs";
import { writeMeasuringPage } from "../../site/build.mjs";
import { webgpuSizes, worksOf } from "../../webgpu/sizes.mjs";

const PATIENCE = { timeout: 300_000 };
const works = worksOf(webgpuSizes.software);
const types: Record<string, string> = { ".html": "text/html", ".css": "text/css" };

/** Takes the device away at its third submission, once. Threads are given their scripts through it. */
const losesDevice = `{
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    GPUAdapter.prototype.requestDevice = requestDevice;
    const device = await requestDevice.apply(this, args);
    const { submit } = device.queue;
    let submits = 0;
    device.queue.submit = (commands) => {
      submit.call(device.queue, commands);
      if (++submits === 3) device.destroy();
    };
    return device;
  };
}`;

interface Told {
  isSoftware: boolean;
  threads: number;
  lines: { name: string; what: string; ms?: number; error?: string }[];
}

describe.skipIf(inject("chromium") === undefined && !process.env.CI)("the measuring page", () => {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-measuring-"));
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;
  beforeAll(async () => {
    await writeMeasuringPage(folder);
    server = await serve((path: string) => {
      if (!/^\/webgpu[\w/.-]*$/.test(path)) return undefined;
      return [types[extname(path)] ?? "text/javascript", readFileSync(join(folder, path))];
    });
    browser = await chromium.launch({
      executablePath: inject("chromium")!,
      args: ["--no-sandbox", ...inject("softwareWebGl")],
    });
  });
  afterAll(async () => {
    await browser?.close();
    server?.server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function visit(context: BrowserContext): Promise<{ page: Page; complaints: string[] }> {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE.timeout);
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      const address = request.url().replace(/^blob:/, "");
      if (!address.startsWith(server.url)) complaints.push(address);
    });
    await page.goto(`${server.url}webgpu.html`);
    return { page, complaints };
  }

  const says = (page: Page, text: string | RegExp) =>
    page.getByText(text).first().waitFor(PATIENCE);

  /** Starts to measure by the keyboard, through the question about software. */
  async function start(page: Page): Promise<void> {
    await page.locator("#measure:enabled").press("Enter");
    await page.locator("#confirmation:focus").waitFor(PATIENCE);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("#stop:focus").waitFor(PATIENCE);
  }

  async function copied(page: Page, name: string): Promise<string> {
    await page.getByRole("button", { name: `Copy ${name}` }).click();
    await says(page, `Copied the ${name}.`);
    return page.evaluate<string>("navigator.clipboard.readText()");
  }

  const cells = (page: Page, id: string): Promise<string[][]> =>
    page.evaluate(
      `[...document.querySelectorAll("#${id} tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent))`,
    );

  it("asks before it measures software, stops at once, and measures to the end", async () => {
    const permissions = ["clipboard-read", "clipboard-write"];
    const context = await browser.newContext({
      permissions,
      viewport: { width: 390, height: 800 },
    });
    const { page, complaints } = await visit(context);
    await says(page, "which is software");
    await page.locator("#measure:enabled").click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.locator("#measure:focus").waitFor(PATIENCE);
    expect(page.workers()).toEqual([]);

    await start(page);
    await says(page, /^webgpu: .*, [2-9] of 18$/);
    await page.keyboard.press("Enter");
    await says(page, /^Stopped with [1-9]\d* of 18 cases measured\. /);
    await expect.poll(() => page.workers(), PATIENCE).toEqual([]);
    const stopped: Told = JSON.parse(await copied(page, "JSON"));
    expect(stopped.lines[0]).toMatchObject({ name: "webgpu", what: "copy" });
    expect(stopped.lines.length).toBeLessThan(18);

    await start(page);
    await says(page, "Measured 18 of 18 cases.");
    const times = await cells(page, "times");
    expect(times.map(([what]) => what)).toEqual(["copy of 4 MiB", ...works.slice(1)]);
    for (const row of times)
      expect(row.slice(1)).toEqual(Array(3).fill(expect.stringMatching(/^\d/)));
    const allowed = await cells(page, "allowed");
    expect(allowed.map(([what]) => what)).toEqual(works);
    for (const row of allowed) expect(row.at(-1)).toMatch(/^\d+ %$/);
    expect(await page.locator("#failures li").count()).toBe(0);

    const told: Told = JSON.parse(await copied(page, "JSON"));
    expect(told.isSoftware).toBe(true);
    expect(told.lines.map(({ name, what }) => `${name} ${what}`)).toEqual(
      ["webgpu", "wasm", "gpu"].flatMap((kind) => works.map((what) => `${kind} ${what}`)),
    );
    const markdown = await copied(page, "Markdown");
    expect(markdown).toContain("SOFTWARE adapter, sizes cut");
    expect(markdown.match(/^\| -{3,}/gm)).toHaveLength(2);
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const over = "document.documentElement.scrollWidth - innerWidth";
      expect(await page.evaluate(over)).toBeLessThanOrEqual(0);
    }
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("tells a lost device in the case that it ended, and measures the next on another", async () => {
    const context = await browser.newContext({ colorScheme: "dark" });
    await context.route("**/worker.js", async (route) => {
      const answer = await route.fetch();
      const body = `${losesDevice};\n${await answer.text()}`;
      await route.fulfill({ response: answer, body });
    });
    const { page } = await visit(context);
    await start(page);
    await says(page, /^`?webgpu`? failed in copy: .*the device was lost/);
    await says(page, /^webgpu: .*, [3-9] of 18$/);
    const [copy, product] = await cells(page, "times");
    expect(copy?.[1]).toBe("failed");
    expect(product?.[1]).toMatch(/^\d/);
    await page.getByRole("button", { name: "Stop" }).click();
    await says(page, /1 failed, see below/);
    await context.close();
  });

  it.each([
    ["WebGPU", "{ value: undefined }", "This browser has no WebGPU."],
    ["an adapter", "{ value: { requestAdapter: async () => null } }", "offers no graphics card"],
  ])("says what to do without %s", async (_, gpu, message) => {
    const context = await browser.newContext();
    await context.addInitScript(`Object.defineProperty(navigator, "gpu", ${gpu})`);
    const { page, complaints } = await visit(context);
    await says(page, message);
    expect(await page.locator("#measure").isDisabled()).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
