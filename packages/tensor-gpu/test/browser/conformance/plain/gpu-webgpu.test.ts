import { afterAll, describe, expect, it } from "vitest";
import { type Backend, createGpuBackend, createWasmBackend } from "../../../../src";
import type { GpuBackend } from "../../../../src/gpu/create-gpu-backend";
import { createBench } from "../../../conformance/suite/known/bench";
import { MODEL_NAMES, trainingLosses } from "../../../parity/training-losses";

const STEPS = 5;

let gpu: GpuBackend | undefined;
let reason = "";
try {
  gpu = await createGpuBackend({ mode: "webgpu" });
} catch (error) {
  reason = (error as Error).message;
}

if (gpu) {
  const backend = gpu;
  const lasting: Backend = { ...backend, dispose: async () => {} };
  afterAll(() => backend.dispose());

  describe("mode webgpu", () => {
    it.each(MODEL_NAMES)(
      "trains a tiny %s with the losses that WebAssembly gives",
      async (name) => {
        const expected = await trainingLosses(() => createWasmBackend(), name, { steps: STEPS });
        const actual = await trainingLosses(() => lasting, name, { steps: STEPS });
        expect(actual).toBeAllclose(expected, { rtol: 1e-4 });
        expect(backend.memory().textures).toBe(0);
      },
    );

    it("takes angles of any size", async () => {
      const { kernels, floats, read } = createBench(backend);
      const angles = [1, -8193, 1e6, 2 ** 40, -3e20, 1e30, 3e38].map(Math.fround);
      const x = floats([angles.length], angles);
      kernels.unary("sin", x, x, 0);
      expect(await read(x)).toBeAllclose(angles.map(Math.sin), { rtol: 4e-6, atol: 1e-6 });
    });

    it("answers asynchronously alone, and says so where it would have to answer at once", async () => {
      expect(backend.readSync).toBeUndefined();
      const { kernels, floats, empty, read } = createBench(backend);
      const places = empty([2], "int32");
      expect(
        kernels.argReduce("max", places, floats([2, 2], [1, 2, 4, 3]), 2, 2, 1),
      ).toBeUndefined();
      expect(await read(places)).toEqual([1, 0]);
      expect(() => kernels.arithmetic("add", places, places, places)).toThrow(
        expect.objectContaining({ code: "ERR_BACKEND", message: expect.stringMatching(/webgl2/) }),
      );
    });
  });
} else {
  describe("mode webgpu", () => {
    it.skip(`SKIPPED, it cannot be tested: ${reason}`, () => {});
  });
}
