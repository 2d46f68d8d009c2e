import { missingWebGpu, nodeDevice, nodeGpu } from "@deepgrain/vitest/node-webgpu";
import { afterAll, describe, expect, it } from "vitest";
import { createJsBackend } from "../../src/js";
import { createWebGpuBackend } from "../../src/webgpu";
import { TILES, type Tile, tileKey } from "../../src/webgpu/products/tiles";
import { plainGemm } from "../conformance/suite/cases/gemm";
import { createBench } from "../conformance/suite/known/bench";
import { shaderTexts } from "../support/shader-texts";

/** Of the sum of the terms' absolute values: two factors rounded to 11 bits. */
const TOLERANCE = 1e-3;

/** One by one and by fours, the second with split sums. */
const SIZES = [
  [33, 65, 17],
  [36, 68, 516],
] as const;

/** A driver takes half a second for each. */
const DRAWN = TILES.filter((_, i) => i % 7 === 0);

const adapter = missingWebGpu === undefined ? await nodeGpu().requestAdapter() : null;
const missing = adapter && !adapter.features.has("shader-f16") ? "no shader-f16" : missingWebGpu;

const furthest = (found: readonly number[], wanted: readonly number[]) =>
  Math.max(...found.map((x, i) => Math.abs(x - wanted[i]!)));

if (missing === undefined) {
  const device = await adapter!.requestDevice({ requiredFeatures: ["shader-f16"] });
  const texts = shaderTexts(device);
  const backend = await createWebGpuBackend({ device, f16: true });
  const reference = createJsBackend();
  let tile: Tile | undefined;
  backend.tiles.get = () => tile;
  afterAll(async () => {
    await backend.dispose();
    await reference.dispose();
    device.destroy();
  });

  const numbers = (n: number, from: number) =>
    Array.from({ length: n }, (_, i) => Math.sin(1.7 * (from + i)));
  const multiply = async (on: typeof reference, [m, n, k]: readonly [number, number, number]) => {
    const { kernels, floats, empty, read } = createBench(on);
    const [a, b] = [floats([m, k], numbers(m * k, 1)), floats([k, n], numbers(k * n, 2))];
    const c = empty([m, n]);
    kernels.gemm(c, a, b, plainGemm(m, n, k));
    return read(c);
  };

  describe("products by tiles in float16", () => {
    it.each(DRAWN.map((each) => ({ each, name: tileKey(each) })))(
      "are within 10⁻³ by tiles of $name",
      async ({ each }) => {
        tile = each;
        for (const size of SIZES) {
          const [found, wanted] = [await multiply(backend, size), await multiply(reference, size)];
          const most = furthest(found, wanted);
          expect(most).toBeLessThan(TOLERANCE * size[2]);
          expect(most).toBeGreaterThan(0);
        }
      },
    );

    it("are within 10⁻³ of each group's own products, and of their weights' gradients", async () => {
      tile = undefined;
      const [n, k] = [36, 68];
      const offsets = [0, 17, 17, 50];
      const [rows, groups] = [50, 3];
      const run = async (on: typeof reference) => {
        const { kernels, floats, ints, empty, read } = createBench(on);
        const [x, w] = [
          floats([rows, k], numbers(rows * k, 1)),
          floats([groups, n, k], numbers(groups * n * k, 2)),
        ];
        const y = floats([rows, n], numbers(rows * n, 3));
        const starts = ints([groups + 1], offsets);
        const [out, dw] = [empty([rows, n]), empty([groups, n, k])];
        kernels.groupedGemm("nt", out, x, w, starts);
        kernels.groupedGemmWeight(dw, y, x, starts, null);
        return [await read(out), await read(dw)];
      };
      const [found, wanted] = [await run(backend), await run(reference)];
      expect(furthest(found[0]!, wanted[0]!)).toBeLessThan(TOLERANCE * k);
      expect(furthest(found[1]!, wanted[1]!)).toBeLessThan(TOLERANCE * 33);
      for (const i of [0, 1]) expect(furthest(found[i]!, wanted[i]!)).toBeGreaterThan(0);
    });

    it("take half the workgroup memory, and give the same bits twice", async () => {
      tile = undefined;
      expect(await multiply(backend, [64, 64, 64])).toEqual(await multiply(backend, [64, 64, 64]));
      const products = texts.filter((text) => text.includes("tileLeft"));
      expect(products.length).toBeGreaterThanOrEqual(DRAWN.length);
      for (const text of products) expect(text).toMatch(/enable f16;\nalias tile4 = vec4h;/);
    });

    it("are refused on a device without the feature, which stays usable", async () => {
      const plain = await nodeDevice();
      await expect(createWebGpuBackend({ device: plain, f16: true })).rejects.toThrow(
        expect.objectContaining({
          code: "ERR_BACKEND",
          message: expect.stringMatching(/shader-f16/),
        }),
      );
      const usable = await createWebGpuBackend({ device: plain, f16: false });
      expect(await multiply(usable, SIZES[0])).toHaveLength(33 * 65);
      await usable.dispose();
      plain.destroy();
    });
  });
} else {
  describe("products by tiles in float16", () => {
    it.skip(`SKIPPED, it cannot be tested: ${missing}`, () => {});
  });
}
