import { type Backend, createGpuBackend, createWasmBackend, memory } from "@deepgrain/tensor-gpu";
import { afterAll, describe, expect, it } from "vitest";
import { firstGradients } from "../../parity/first-gradients";
import { MODEL_NAMES, trainingLosses } from "../../parity/training-losses";

const STEPS = 4;
const gpu = await createGpuBackend({ mode: "webgl2" });
/** One for all tests, since most of their time goes by compiling kernels. */
const lasting: Backend = { ...gpu, dispose: async () => {} };
afterAll(() => gpu.dispose());

describe.each(MODEL_NAMES)(`training a tiny %s on the GPU, mode ${gpu.mode}`, (name) => {
  it("gives each parameter the gradient that WebAssembly gives it", async () => {
    const wasm = createWasmBackend();
    const expected = await firstGradients(wasm, name);
    const actual = await firstGradients(lasting, name);
    await wasm.dispose();
    expect([...actual.keys()]).toEqual([...expected.keys()]);
    expect(expected.size).toBeGreaterThan(10);
    for (const [path, gradient] of expected) {
      expect(gradient.length, path).toBeGreaterThan(0);
      expect(actual.get(path)!, path).toBeAllclose(gradient, { rtol: 2e-4, atol: 2e-6 });
    }
  });

  it("gives the losses that WebAssembly gives", async () => {
    const expected = await trainingLosses(() => createWasmBackend(), name, STEPS);
    const actual = await trainingLosses(() => lasting, name, STEPS);
    expect(actual).toHaveLength(STEPS);
    expect(actual).toBeAllclose(expected, { rtol: 1e-4, atol: 0 });
  });

  it("leaves memory as it was, textures included", async () => {
    const before = { ...memory(), textures: gpu.memory().textures };
    await trainingLosses(() => lasting, name, 1);
    expect({ ...memory(), textures: gpu.memory().textures }).toEqual(before);
  });
});
