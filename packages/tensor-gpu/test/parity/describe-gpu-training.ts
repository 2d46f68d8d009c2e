import { afterAll, describe, expect, it } from "vitest";
import {
  type Backend,
  createWasmBackend,
  getBackend,
  keep,
  optim,
  setBackend,
  type Tensor,
} from "../../src";
import { memoryOverTraining } from "./memory-over-training";
import {
  disposeAll,
  MODEL_NAMES,
  MODELS,
  type ModelName,
  PARITY_STEPS,
  trainingLosses,
  trainStep,
} from "./training-losses";

/** The gradient of every parameter in one step. */
async function firstGradients(backend: Backend, name: ModelName): Promise<number[][]> {
  const before = getBackend();
  setBackend(backend);
  const model = MODELS[name]();
  const adamw = new optim.AdamW(model.parameters, { lr: 0 });
  const copies: Tensor[] = [];
  const hooks = model.parameters.map((parameter) =>
    parameter.registerHook((gradient) => {
      copies.push(keep(gradient.clone()));
      return gradient;
    }),
  );
  trainStep(model, adamw, 0).dispose();
  for (const remove of hooks) remove();
  disposeAll(model, adamw);
  setBackend(before);
  const gradients = await Promise.all(copies.map((copy) => copy.data()));
  for (const copy of copies) copy.dispose();
  return gradients.map((gradient) => [...gradient]);
}

/** A backend on a GPU; gpu.js counts its textures. */
type Gpu = Backend & { memory?(): { readonly textures: number } };

/** The tests of a GPU's training: the gradients and losses that WebAssembly gives, and no texture left behind. */
export function describeGpuTraining(
  gpu: Gpu,
  where: string,
  { steps = 200, every = 36 }: { steps?: number; every?: number } = {},
): void {
  const textures = () => gpu.memory?.().textures ?? 0;
  /** One for all tests, since most of their time goes by compiling kernels. */
  const lasting: Backend = { ...gpu, dispose: async () => {} };
  afterAll(() => gpu.dispose());

  describe.each(MODEL_NAMES)(`training a tiny %s on ${where}`, (name) => {
    it("gives each parameter the gradient that WebAssembly gives it", async () => {
      const wasm = createWasmBackend();
      const actual = await firstGradients(lasting, name);
      const expected = await firstGradients(wasm, name);
      expect(actual).toHaveLength(expected.length);
      expect(actual.length).toBeGreaterThan(10);
      for (const [i, gradient] of expected.entries())
        expect(actual[i]!, `gradient ${i}`).toBeAllclose(gradient, { rtol: 2e-4, atol: 2e-6 });
      await wasm.dispose();
    });

    it("gives the losses of twenty steps that WebAssembly gives", async () => {
      const expected = await trainingLosses(() => createWasmBackend(), name);
      const actual = await trainingLosses(() => lasting, name);
      expect(actual).toHaveLength(PARITY_STEPS);
      expect(actual).toBeAllclose(expected, { rtol: 1e-4 });
    });

    it(`leaves memory as it was over ${steps} steps, textures included`, async () => {
      const before = textures();
      const { inside, outside } = await memoryOverTraining(() => lasting, name, {
        steps,
        every,
        count: () => ({ ...gpu.memory?.() }),
      });
      expect(inside.length).toBeGreaterThan(4);
      for (const report of inside) expect(report).toEqual(inside[0]);
      if (gpu.memory) expect(inside[0]!.counts.textures).toBeGreaterThan(before);
      expect(outside[1]).toEqual(outside[0]);
      expect(textures()).toBe(before);
    });
  });
}
