import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { installGpuJs, installSite, writeByEsbuild } from "./support/build-sites";
import { isolation, PATIENCE_MS, visit } from "./support/visit";

const ROUNDS = 20;
const executablePath = inject("chromium");

/** The test's additions to the page. */
interface Watched {
  memories: WeakRef<object>[];
  gc(): void;
}

/** Runs in the page before all else: remembers every WebAssembly memory without holding it. */
function watchMemories(): void {
  const page = globalThis as unknown as Watched & { WebAssembly: { Memory: new () => object } };
  page.memories = [];
  page.WebAssembly.Memory = new Proxy(page.WebAssembly.Memory, {
    construct(target, given) {
      const memory = Reflect.construct(target, given);
      page.memories.push(new WeakRef(memory));
      return memory;
    },
  });
}

/** Runs in the page: how many WebAssembly memories there were, and how many are still held. */
async function countMemories() {
  const { memories, gc } = globalThis as unknown as Watched;
  for (let round = 0; round < 3; round++) {
    await new Promise((go) => setTimeout(go, 20)); // a WeakRef just made is held until the task ends
    gc();
  }
  return { made: memories.length, held: memories.filter((memory) => memory.deref()).length };
}

describe.skipIf(!executablePath)(
  "a model mounted again and again",
  { timeout: 2 * PATIENCE_MS },
  () => {
    let sites: string;
    let browser: Browser;
    beforeAll(async () => {
      sites = mkdtempSync(join(tmpdir(), "tensor-gpu-leaks-"));
      installSite(join(sites, "source"));
      installGpuJs(join(sites, "source"));
      await writeByEsbuild(join(sites, "source"), join(sites, "esbuild"));
      browser = await chromium.launch({
        executablePath: executablePath!,
        args: [...inject("softwareWebGl"), "--js-flags=--expose-gc"],
        timeout: PATIENCE_MS,
      });
    });
    afterAll(async () => {
      await browser?.close();
      rmSync(sites, { recursive: true, force: true });
    });

    it.each([
      ["an ordinary page, one thread", {}, 0],
      ["an isolated page, three threads", isolation, 2],
    ])("ends where it started in %s", async (_page, headers, helpers) => {
      await visit(browser, join(sites, "esbuild"), headers, async ({ page, call, complaints }) => {
        await page.addInitScript(watchMemories);
        await page.reload();
        let started = 0;
        page.on("worker", () => started++);
        for (let round = 0; round < ROUNDS; round++) {
          const report = await call("page", { steps: 3, threads: 3 });
          expect(report).toMatchObject({ memory: { bytes: 0, storages: 0, byOp: {} } });
          await expect.poll(() => page.workers().length, { timeout: PATIENCE_MS }).toBe(0);
        }
        expect(started).toBe(ROUNDS * helpers);
        // The last backend is still the one in use; all others are gone.
        expect(await page.evaluate(countMemories)).toEqual({ made: ROUNDS, held: 1 });
        expect(complaints).toEqual([]);
      });
    });

    it("ends where it started on the GPU, and lets go of every WebGL context", async () => {
      await visit(browser, join(sites, "esbuild"), {}, async ({ call, complaints }) => {
        for (let round = 0; round < ROUNDS; round++) {
          const report = await call("trainOnGpu", { steps: 1, threads: 1 });
          expect(report).toMatchObject({ memory: { bytes: 0, storages: 0, byOp: {} } });
        }
        // Chromium would complain of the seventeenth context that is alive.
        expect(complaints).toEqual([]);
      });
    });
  },
);
