import { missingWebGpu, nodeDevice } from "@deepgrain/vitest/node-webgpu";
import { afterAll, describe, expect, it } from "vitest";
import { createWebGpuBackend } from "../../src/webgpu";
import { gemm } from "../../src/webgpu/kernels/gemm";
import { TILES } from "../../src/webgpu/products/tiles";
import { plainGemm } from "../conformance/suite/cases/gemm";
import { describeTiles } from "../support/describe-tiles";
import { launchesOf, placedView } from "../support/launches-of";
import { walkLaunch } from "../support/walk-launch";

if (missingWebGpu === undefined) {
  const device = await nodeDevice();
  const backend = await createWebGpuBackend({ device });
  afterAll(() => backend.dispose());

  describeTiles(backend, 11); // A driver takes a second for each kernel: all of them are in test/webgpu/products.long.ts.

  describe("what a product states of its work", () => {
    const shapes = [
      { mnk: [128, 64, 64], tile: TILES[0]! },
      { mnk: [128, 128, 32], tile: TILES.at(-1)! },
      { mnk: [70, 33, 20], tile: TILES[3]! },
      { mnk: [36, 68, 12], tile: TILES[9]! },
      { mnk: [3, 20, 64], tile: TILES[0]! },
    ] as const;
    it.each(shapes)("is what its loops read, write and add: $mnk", async ({ mnk, tile }) => {
      const [m, n, k] = mnk;
      const size = m * k + k * n + m * n;
      const [a, b] = [placedView([m, k]), placedView([k, n], m * k)];
      const c = placedView([m, n], m * k + k * n);
      const [launch] = launchesOf((launcher) => gemm(launcher, c, a, b, plainGemm(m, n, k)), {
        tile,
      });
      const walked = await walkLaunch(device as unknown as GPUDevice, launch!, size);
      expect(walked.bytesRead).toBe(launch!.work.bytesRead);
      expect(walked.bytesWritten).toBe(launch!.work.bytesWritten);
      const isWhole = m % tile.rows === 0 && n % tile.columns === 0 && k % tile.depth === 0;
      if (isWhole) expect(walked.flop).toBe(launch!.work.flop);
    });
  });
} else {
  describe("products on WebGPU", () => {
    it.skip(`SKIPPED, it cannot be tested: ${missingWebGpu}`, () => {});
  });
}
