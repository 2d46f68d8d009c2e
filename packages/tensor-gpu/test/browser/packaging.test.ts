import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { buildSites } from "./support/build-sites";
import { isolation, PATIENCE_MS, type Report, type Training, visit } from "./support/visit";

const policy = (workers: string) => ({
  ...isolation,
  "Content-Security-Policy": `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src ${workers}`,
});

/** Ways of serving a page, the threads to be had there, and how many refusals the browser reports on the page. */
const SETTINGS = [
  { setting: "an ordinary page", headers: {}, shared: false, threads: 1, refusals: 0 },
  { setting: "an isolated page", headers: isolation, shared: true, threads: 2, refusals: 0 },
  {
    setting: "a page with a strict content policy and workers from blobs",
    headers: policy("'self' blob:"),
    shared: true,
    threads: 2,
    refusals: 0,
  },
  {
    setting: "a page with a strict content policy",
    headers: policy("'self'"),
    shared: true,
    threads: 1,
    refusals: 1,
  },
];
const training: Training = { steps: 5, threads: 2 };

const executablePath = inject("chromium");

describe.skipIf(!executablePath)(
  "the published package in Chromium",
  { timeout: 2 * PATIENCE_MS },
  () => {
    let sites: string;
    let browser: Browser;
    let inNode: Report;
    beforeAll(async () => {
      sites = mkdtempSync(join(tmpdir(), "tensor-gpu-sites-"));
      await buildSites(sites);
      const { train } = await import(pathToFileURL(join(sites, "source/train.js")).href);
      inNode = await train(training);
      browser = await chromium.launch({
        executablePath: executablePath!,
        args: inject("softwareWebGl"),
        timeout: PATIENCE_MS,
      });
    });
    afterAll(async () => {
      await browser?.close();
      rmSync(sites, { recursive: true, force: true });
    });

    for (const build of ["plain", "esbuild", "vite"]) {
      for (const { setting, headers, shared, threads, refusals } of SETTINGS)
        it(`${build}: gives Node's losses in ${setting} and in its worker`, async () => {
          await visit(browser, join(sites, build), headers, async ({ call, complaints }) => {
            expect(await call("page", training)).toEqual({ ...inNode, shared, threads });
            expect(await call("worker", training)).toEqual({ ...inNode, shared, threads });
            expect(complaints).toHaveLength(refusals);
          });
        });

      it(`${build}: has a default backend, and reads files but no paths`, async () => {
        await visit(browser, join(sites, build), {}, async ({ call, complaints }) => {
          const defaults = await call("useDefaults", training);
          expect(defaults).toEqual({
            name: "wasm",
            shape: [2],
            data: [3, 4],
            refusal: "ERR_IO",
          });
          expect(complaints).toEqual([]);
        });
      });
    }

    it.each(["esbuild", "vite"])("%s: needs gpu.js on the GPU only", async (build) => {
      await visit(browser, join(sites, build), {}, async ({ call }) => {
        expect(await call("trainOnGpu", training)).toEqual({ code: "ERR_BACKEND" });
      });
      await visit(browser, join(sites, `${build}-gpu`), {}, async ({ call }) => {
        const { losses } = (await call("trainOnGpu", training)) as Report;
        expect(losses).toBeAllclose(inNode.losses, { rtol: 1e-4 });
      });
    });

    it("is found through an import map", async () => {
      await visit(browser, join(sites, "import-map"), {}, async ({ call, complaints }) => {
        expect(await call("page", training)).toMatchObject({ losses: inNode.losses });
        expect(complaints).toEqual([]);
      });
    });

    it("is compared with a training that learns", () => {
      const { losses, memory } = inNode;
      expect(losses.at(-1)).toBeLessThan(losses[0]!);
      expect(memory).toEqual({ bytes: 0, storages: 0, byOp: {} });
    });
  },
);
