import { type Backend, Generator, getBackend, manualSeed, setBackend } from "@deepgrain/tensor-gpu";
import { CausalLM, train } from "../../src";
import {
  countingData,
  tinyDeepseek,
  tinyDeepseekV2,
  tinyDeepseekV3,
  tinyGpt2,
  tinyLlama,
} from "../support/tiny-models";

export const VOCABULARY = 31;

/** One of each architecture, dense and with experts. */
export const MODELS = {
  gpt2: tinyGpt2,
  llama: tinyLlama,
  deepseek: tinyDeepseek,
  deepseek_v2: tinyDeepseekV2,
  deepseek_v3: tinyDeepseekV3,
} as const;
export type ModelName = keyof typeof MODELS;
export const MODEL_NAMES = Object.keys(MODELS) as ModelName[];

/**
 * The losses of some training steps of a tiny model on a backend, which is the current one meanwhile and disposed of at
 * the end. Weights and data are the same for every backend.
 */
export async function trainingLosses(
  createBackend: () => Backend | Promise<Backend>,
  name: ModelName,
  steps = 20,
): Promise<number[]> {
  const before = getBackend();
  const backend = setBackend(await createBackend());
  try {
    manualSeed(1);
    const model = new CausalLM(MODELS[name](), { generator: new Generator(5) });
    const losses: number[] = [];
    for await (const event of train(model, countingData(VOCABULARY), { steps, lr: 1e-2 }))
      if (event.type === "step-end") losses.push(event.loss);
    model.dispose();
    return losses;
  } finally {
    setBackend(before);
    await backend.dispose();
  }
}
