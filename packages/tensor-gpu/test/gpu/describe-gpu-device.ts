import { describe, expect, it } from "vitest";
import { createGpuBackend, createJsBackend, type GemmShape, tensor, tidy, useGPU } from "../../src";
import type { GpuOptions } from "../../src/gpu/create-gpu-backend";
import type { GpuMode } from "../../src/gpu/open-gpu";
import { contiguousView, createBench } from "../conformance/suite/known/bench";
import { seededRandom, uniforms } from "../conformance/suite/numbers";

/**
 * Tests of a GPU backend besides its kernels: naming what runs, limits of memory and kernels, failures.
 *
 * @param renderer the software renderer that tests run on
 */
export function describeGpuDevice(mode: GpuMode, renderer: RegExp): void {
  describe(`gpu in mode ${mode}`, () => {
    describeProducts({ mode });
    describeOpening(mode, renderer);
    describeMemory({ mode });
    describeSteps({ mode });
  });
}

const plain = (m: number, n: number, k: number): GemmShape => ({
  m,
  n,
  k,
  batch0: 1,
  batch1: 1,
  aRow: k,
  aCol: 1,
  aBatch0: 0,
  aBatch1: 0,
  bRow: n,
  bCol: 1,
  bBatch0: 0,
  bBatch1: 0,
  cRow: n,
  cBatch0: 0,
  cBatch1: 0,
  accumulate: false,
});

/** [batch, m, n] = [batch, m, k]·[batch, k, n] of whole blocks, stored as the letters say. */
function batched(letters: string, batch: number, m: number, n: number, k: number): GemmShape {
  return {
    ...plain(m, n, k),
    ...(letters[0] === "t" ? { aRow: 1, aCol: m } : {}),
    ...(letters[1] === "t" ? { bRow: 1, bCol: k } : {}),
    batch1: batch,
    aBatch1: m * k,
    bBatch1: k * n,
    cBatch1: m * n,
  };
}

function describeProducts(software: GpuOptions): void {
  describe("products in whole texels", () => {
    const sizes = [
      [1, 4, 4, 4],
      [3, 8, 12, 16],
      [2, 5, 20, 8],
      [1, 33, 4, 12],
    ] as [number, number, number, number][];
    it.each(["nn", "nt", "tn"])("%s are right, onto what is there too", async (letters) => {
      const backend = await createGpuBackend(software);
      const [gpu, js] = [createBench(backend), createBench(createJsBackend())];
      for (const [batch, m, n, k] of sizes)
        for (const accumulate of [false, true]) {
          const random = seededRandom(`${letters} ${m} ${n} ${k}`);
          const numbers = [batch * m * k, batch * k * n, batch * m * n].map((size) =>
            uniforms(random, size),
          );
          const shape = { ...batched(letters, batch, m, n, k), accumulate };
          const results = [gpu, js].map((bench) => {
            const [a, b, c] = numbers.map((values) => bench.floats([values.length], values));
            bench.kernels.gemm(c!, a!, b!, shape);
            return bench.read(c!);
          });
          const [actual, expected] = await Promise.all(results);
          expect(actual).toBeAllclose(expected!, { rtol: 1e-5, atol: 1e-5 });
        }
      await backend.dispose();
    });
  });
}

function describeOpening(mode: GpuMode, renderer: RegExp): void {
  describe("useGPU", () => {
    it("refuses a renderer that computes on the processor, naming it", async () => {
      await expect(useGPU()).rejects.toMatchObject({
        code: "ERR_BACKEND",
        message: expect.stringMatching(
          new RegExp(`${renderer.source}.*allowSoftware: true or a mode`, "s"),
        ),
      });
    });

    it("takes it when asked to, and says what runs", async () => {
      const backend = await useGPU({ allowSoftware: true });
      expect(backend).toMatchObject({ name: "gpu", mode });
      expect(backend.renderer).toMatch(renderer);
      const sum = tidy(() => tensor([1, 2, 3]).mul(2).sum());
      expect(sum.itemSync()).toBe(12);
      expect(await sum.item()).toBe(12);
      sum.dispose();
      expect(backend.memory().textures).toBe(0);
      await backend.dispose();
      expect(() => tensor([1, 2]).add(1)).toThrow(/was disposed/);
    });
  });
}

function describeMemory(software: GpuOptions): void {
  describe("memory of the GPU", () => {
    it("is refused beyond the limit, with what is live, and usable afterwards", async () => {
      const backend = await createGpuBackend({ ...software, memoryLimit: 2 ** 20 });
      const view = (size: number) => contiguousView(backend.allocate(size * 4), [size], "float32");
      const [first, second] = [view(200_000), view(200_000)];
      backend.kernels.fill(first, 1);
      const failing = () => backend.kernels.fill(second, 2);
      expect(failing).toThrow(expect.objectContaining({ code: "ERR_MEMORY" }));
      expect(failing).toThrow(/1 textures of \d+ bytes are live/);
      backend.free(first.storage.handle, 800_000);
      failing();
      expect(backend.readSync!(second)[199_999]).toBe(2);
      await backend.dispose();
    });

    it("is refused for a tensor of more than 2²⁴ elements", async () => {
      const backend = await createGpuBackend(software);
      expect(() => backend.allocate(4 * (2 ** 24 + 1))).toThrow(
        expect.objectContaining({ code: "ERR_MEMORY" }),
      );
      await backend.dispose();
    });

    it("keeps kernels up to their limit, giving up what was used longest ago", async () => {
      const backend = await createGpuBackend({ ...software, kernelLimit: 3 });
      const { kernels, floats, read } = createBench(backend);
      const x = floats([5], [1, 2, 3, 4, 5]);
      for (const op of ["neg", "square", "abs", "sqrt", "neg"] as const) kernels.unary(op, x, x, 0);
      expect(backend.memory().kernels).toBe(3);
      expect(await read(x)).toBeAllclose([-1, -2, -3, -4, -5], { rtol: 1e-6 });
      await backend.dispose();
    });
  });
}

function describeSteps(software: GpuOptions): void {
  describe("a step of an optimiser that fails in its middle", () => {
    it.each(["adamw", "sgd"] as const)("%s changes all parameters or none", async (name) => {
      const backend = await createGpuBackend({ ...software, memoryLimit: 1900 });
      const { kernels, floats, read } = createBench(backend);
      const values = [1, 2, 3, 4];
      const slots = [0, 1, 2, 3].map(() => ({
        parameter: floats([4], values),
        gradient: floats([4], values),
        weightDecay: 0.1,
        lrScale: 1,
      }));
      const [m, v] = [floats([16], new Array(16).fill(0)), floats([16], new Array(16).fill(0))];
      const beta = {
        beta1: 0.9,
        beta2: 0.9,
        eps: 1e-8,
        biasCorrection1: 0.1,
        biasCorrection2: 0.1,
      };
      const step =
        name === "adamw"
          ? () => kernels.adamw(slots, m, v, null, { lr: 0.1, ...beta })
          : () =>
              kernels.sgd(slots, m, null, {
                lr: 0.1,
                momentum: 0.9,
                dampening: 0,
                nesterov: false,
                firstStep: true,
              });
      const held: number[] = [];
      const state = async () => [
        ...(await Promise.all(slots.map(({ parameter }) => read(parameter)))).flat(),
        ...(await read(m)),
      ];
      // Ever less room, until a step no longer fits.
      for (let isFitting = true; isFitting; ) {
        const before = await state();
        try {
          step();
        } catch (error) {
          expect(error).toMatchObject({ code: "ERR_MEMORY" });
          expect(await state()).toEqual(before);
          isFitting = false;
        }
        const filler = floats([4], values);
        held.push(filler.storage.handle);
        try {
          kernels.fill(filler, 1);
        } catch {
          break;
        }
      }
      for (const handle of held) backend.free(handle, 16);
      const before = await state();
      step();
      expect(await state()).not.toEqual(before);
      await backend.dispose();
    });
  });
}
