import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PageId, pages } from "../../src/site/document";
import { runs } from "./support/runs";
import {
  beforeScripts,
  openSite,
  type Site,
  savedJson,
  visit,
  withoutChromium,
  withoutWebAssembly,
} from "./support/site";

/** Pages that compute without an engine. */
const plain: readonly PageId[] = ["verifier", "scaling"];
const ids = pages.map(({ id }) => id);
const engineIds = ids.filter((id) => !plain.includes(id));

/** Draws of a run before its graphics context is lost: fewer than any page's run has. */
const DRAWS = 40;

/** Takes a worker's graphics context away in the midst of its work. */
const losesContext = `{
  const { getContext } = OffscreenCanvas.prototype;
  OffscreenCanvas.prototype.getContext = function (...args) {
    const gl = getContext.apply(this, args);
    if (gl?.drawArrays && !Object.hasOwn(gl, "drawArrays")) {
      const { drawArrays } = gl;
      let draws = 0;
      gl.drawArrays = (...what) => {
        if (++draws === ${DRAWS}) gl.getExtension("WEBGL_lose_context").loseContext();
        drawArrays.apply(gl, what);
      };
    }
    return gl;
  };
}`;

/** Destroys a worker's WebGPU device once it has been given some work. */
const losesDevice = `{
  const { submit } = GPUQueue.prototype;
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    const device = await requestDevice.apply(this, args);
    let submits = 0;
    device.queue.submit = (commands) => {
      if (++submits === 2) device.destroy();
      submit.call(device.queue, commands);
    };
    return device;
  };
}`;

const NO_WEBASSEMBLY =
  "This browser has no WebAssembly, or it is switched off; nothing can be computed without it.";
const LOST_CONTEXT =
  "The browser has taken the graphics processor away, and with it all that it held; run again, or switch gpu.js off.";
const LOST_DEVICE =
  "The browser has taken the graphics processor away, and with it all that it held; what you run next is computed on WebAssembly.";

/** What a page shows of its last run: pictures, numbers and texts, but not what is pointed at or chosen. */
const shownOn = (page: Page) =>
  page.evaluate<string[]>(`[
    ...[...document.querySelectorAll("#live svg")].map((one) => one.outerHTML),
    ...[...document.querySelectorAll("#live strong, #live td, #written, .sample, .marked")]
      .map((one) => one.textContent),
  ]`);

describe.skipIf(withoutChromium)("a page that cannot compute, in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  const says = (page: Page, message: string) =>
    page.locator("#live .problems p", { hasText: message }).waitFor();

  const useGpu = async (page: Page, isUsed: boolean) => {
    const chip = page.locator(".chip");
    if ((await chip.getAttribute("open")) === null) await chip.locator("summary").click();
    await page.getByLabel(/gpu.js/).setChecked(isUsed);
  };

  it.each(engineIds)("%s says that there is no WebAssembly, and keeps its last run", async (id) => {
    const context = await site.browser.newContext();
    await withoutWebAssembly(context);
    const { page } = await visit(context, site.url, `${id}.html`);
    expect(await page.evaluate("typeof WebAssembly")).toBe("undefined");
    const before = await shownOn(page);
    expect(before.length).toBeGreaterThan(0);
    await runs[id].start(page);
    await says(page, NO_WEBASSEMBLY);
    expect(await page.locator("#live .problems p").allTextContents()).toEqual([NO_WEBASSEMBLY]);
    expect(await page.locator("#live .problems p").isVisible()).toBe(true);
    if (id !== "graph") expect(await shownOn(page)).toEqual(before);
    await context.close();
  });

  it.each(plain)("%s needs no WebAssembly", async (id) => {
    const context = await site.browser.newContext();
    await withoutWebAssembly(context);
    const { page, complaints } = await visit(context, site.url, `${id}.html`);
    await runs[id].start(page);
    await runs[id].isDone(page);
    expect(await page.locator("#live .problems p").count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(engineIds)(
    "%s says that it lost its graphics context, keeps its last run, and runs again without it",
    async (id) => {
      const context = await site.browser.newContext();
      await beforeScripts(context, losesContext);
      const { page } = await visit(context, site.url, `${id}.html`);
      await useGpu(page, true);
      const before = await shownOn(page);
      // A label's weight is computed without the engine's kernels; a network is not.
      if (id === "graph") await page.getByRole("button", { name: "Replay" }).click();
      else await runs[id].start(page);
      await says(page, LOST_CONTEXT);
      expect(await shownOn(page)).toEqual(before);
      await expect.poll(() => page.workers(), { timeout: 60_000 }).toHaveLength(0);
      await useGpu(page, false);
      // What was changed is back as it was in the last run.
      if (["mixture", "model", "purify", "watermark"].includes(id)) await runs[id].start(page);
      else await page.getByRole("button", { name: "Replay" }).click();
      await runs[id].isDone(page);
      expect(await page.locator("#live .problems p").count()).toBe(0);
      await context.close();
    },
  );

  it.each(["mixture", "model"] as const)(
    "%s says that it lost its WebGPU device, keeps its last run, and goes on with WebAssembly",
    async (id) => {
      const context = await site.browser.newContext();
      await beforeScripts(context, losesDevice);
      const { page } = await visit(context, site.url, `${id}.html`);
      const before = await shownOn(page);
      await page.locator(".chip summary").click();
      await page.getByLabel(/WebGPU/).check();
      await runs[id].start(page);
      await says(page, LOST_DEVICE);
      expect(await shownOn(page)).toEqual(before);
      await expect.poll(() => page.workers(), { timeout: 60_000 }).toHaveLength(0);
      expect(await page.getByLabel(/WebGPU/).isChecked()).toBe(false);
      await runs[id].start(page);
      await runs[id].isDone(page);
      expect(await page.textContent(".chip summary")).toContain("WebAssembly");
      expect(await page.locator("#live .problems p").count()).toBe(0);
      await context.close();
    },
  );

  it("the mixture keeps what was trained here when its worker ends, and trains it again", async () => {
    const { page } = await visit(site.browser, site.url, "mixture.html#steps=20&seed=4");
    await page.locator("#live:not(:has(.tag))").waitFor();
    await page.locator('.outcome[aria-busy="false"]').waitFor();
    const before = await shownOn(page);
    const saved = await savedJson(page);
    await useGpu(page, true);
    await useGpu(page, false);
    expect(await shownOn(page)).toEqual(before);
    expect(await savedJson(page)).toEqual(saved);
    await page.locator(".map.fine .cell").first().click();
    await says(page, "Replay trains them again.");
    await page.getByRole("button", { name: "Tune both ways" }).click();
    expect(await page.locator("#live .problems p").count()).toBe(2);
    expect(await shownOn(page)).toEqual(before);
    await page.getByRole("button", { name: "Replay" }).click();
    await page
      .getByText(/^Training/)
      .first()
      .waitFor();
    await page.locator('.outcome[aria-busy="false"]').waitFor();
    expect(await savedJson(page)).toEqual(saved);
    await page.locator(".map.fine .cell").first().click();
    await page.locator(".rise").waitFor();
    await page.close();
  });

  it("the landing page goes back to its last text when its worker ends", async () => {
    const { page } = await visit(site.browser, site.url, "index.html");
    const before = await page.locator("#written").innerHTML();
    // Work rests while a page is hidden, so that it does not end too early.
    await page.evaluate(`
      Object.defineProperty(document, "hidden", { value: true });
      document.dispatchEvent(new Event("visibilitychange"));
    `);
    await page.locator("#sentence").press("!");
    await page.locator("#written.learning").waitFor();
    await useGpu(page, true);
    await page.locator("#written.recorded").waitFor();
    expect(await page.locator("#written").innerHTML()).toBe(before);
    await page.close();
  });

  it("the graph is a picture again when its drawing loses its graphics context", async () => {
    const { page } = await visit(site.browser, site.url, "graph.html");
    await page.locator(".graph-view").hover();
    await page.locator(".graph-view.drawn canvas").first().waitFor();
    await page.evaluate(`
      for (const canvas of document.querySelectorAll(".sigma canvas"))
        canvas.getContext("webgl2")?.getExtension("WEBGL_lose_context").loseContext();
    `);
    await says(page, "The drawing needs WebGL");
    await page.locator(".graph-picture").waitFor();
    await page.close();
  });

  it("the graph stays a picture where there is no WebGL, and labels are moved in the table", async () => {
    const context = await site.browser.newContext();
    await context.addInitScript(`
      const { getContext } = HTMLCanvasElement.prototype;
      HTMLCanvasElement.prototype.getContext = function (kind, ...options) {
        return /webgl/.test(kind) ? null : getContext.call(this, kind, ...options);
      };
    `);
    const { page, complaints } = await visit(context, site.url, "graph.html");
    await page.locator(".graph-view").hover();
    await says(page, "The drawing needs WebGL");
    await page.locator(".graph-picture").waitFor();
    await runs.graph.start(page);
    await runs.graph.isDone(page);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("says which file could not be loaded, keeps its last run, and tries once more", async () => {
    const context = await site.browser.newContext();
    const { page } = await visit(context, site.url, "anchors.html");
    const before = await shownOn(page);
    await context.route("**/*.safetensors", (route) => route.abort());
    await runs.anchors.start(page);
    await says(page, ".safetensors could not be loaded (no answer)");
    expect(await shownOn(page)).toEqual(before);
    await context.unroute("**/*.safetensors");
    await page.getByRole("button", { name: "Replay" }).click();
    await runs.anchors.isDone(page);
    await context.close();
  });
});
