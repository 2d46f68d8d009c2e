import {
  type Backend,
  createWasmBackend,
  createWebGpuBackend,
  Generator,
  getBackend,
  manualSeed,
  memory,
  setBackend,
} from "@deepgrain/tensor-gpu";
import { missingWebGpu, nodeDevice } from "@deepgrain/vitest/node-webgpu";
import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CausalLM, generate, loadModel, train } from "../../src";
import { goldenFamilies, goldenFolder, goldenModels, readGolden } from "../model/golden-model";
import { countingData, tinyDeepseek, tinyGpt2, tinyLlama } from "../support/tiny-models";

/** One of each shape: GPT, keys shared between queries, a mixture of experts. */
const SHAPES = { gpt2: tinyGpt2, llama: tinyLlama, deepseek: tinyDeepseek };
const VOCABULARY = 31;
const PROMPTS = [
  [3, 4, 5],
  [20, 21, 22],
];
/** Rounding that Adam passes on from step to step. */
const LOSSES = { rtol: 1e-4 };

async function tokensOf(model: CausalLM, prompts: number[][], maxNewTokens: number) {
  const run = generate(model, prompts, { maxNewTokens, eosTokenId: null });
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value;
  }
}

/** Makes a model on a backend, trains it for some steps and lets it continue the prompts, greedily. */
async function trainAndSample(backend: Backend, shape: keyof typeof SHAPES) {
  setBackend(backend);
  manualSeed(1);
  const model = new CausalLM(SHAPES[shape](), { generator: new Generator(5) });
  const losses: number[] = [];
  for await (const event of train(model, countingData(VOCABULARY), { steps: 12, lr: 1e-2 }))
    if (event.type === "step-end") losses.push(event.loss);
  const ids = await tokensOf(model.eval(), PROMPTS, 12);
  model.dispose();
  return { losses, ids };
}

function webGpuTests(): void {
  const before = getBackend();
  const wasm = createWasmBackend();
  let webgpu: Backend;
  beforeAll(async () => {
    webgpu = await createWebGpuBackend({ device: await nodeDevice() });
  });
  afterAll(async () => {
    setBackend(before);
    await Promise.all([webgpu.dispose(), wasm.dispose()]);
  });

  it.each(Object.keys(SHAPES) as (keyof typeof SHAPES)[])(
    "makes, trains and samples a tiny %s as WebAssembly does",
    async (shape) => {
      const expected = await trainAndSample(wasm, shape);
      const empty = memory();
      const actual = await trainAndSample(webgpu, shape);
      expect(actual.losses).toHaveLength(12);
      expect(actual.losses.at(-1)!).toBeLessThan(actual.losses[0]!);
      expect(actual.losses).toBeAllclose(expected.losses, LOSSES);
      expect(actual.ids).toEqual(expected.ids);
      expect(memory()).toEqual(empty);
    },
  );

  describe.skipIf(sharedIsMissing)("greedy tokens of golden decoders", () => {
    it.each([...goldenModels, ...goldenFamilies])("are the reference's for %s", async (name) => {
      const { prompt, tokens } = readGolden(name).greedy;
      setBackend(webgpu);
      const model = (await loadModel(goldenFolder(name))).eval();
      expect(await tokensOf(model, [prompt], tokens.length)).toEqual([tokens]);
      model.dispose();
    });
  });
}

describe("language models on WebGPU", () => {
  if (missingWebGpu === undefined) webGpuTests();
  else it.skip(`SKIPPED, it cannot be tested: ${missingWebGpu}`, () => {});
});
