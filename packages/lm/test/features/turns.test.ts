import { Generator, memory, setBackend } from "@deepgrain/tensor-gpu";
import { stoppedByTimer } from "@deepgrain/vitest/stopped";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  CausalLM,
  evaluate,
  generate,
  generateBatch,
  generateSpeculative,
  type TrainEvent,
  train,
  trainBpe,
} from "../../src";
import { trainBpeEvents } from "../../src/tokenizer/train-bpe";
import { countingData, tinyDeepseek, tinyLlama } from "../support/tiny-models";

const make = (config = tinyLlama({ max_position_embeddings: 4096 }), seed = 3) =>
  new CausalLM(config, { generator: new Generator(seed) });

const prompt = [1, 2, 3];
const maxNewTokens = 4000;
const texts = Array.from({ length: 3000 }, (_, i) => `w${i * i} ${(i * 7919).toString(36)}`);

function* batches() {
  for (let i = 0; i < 3000; i++) yield countingData(31).batch(i);
}

beforeEach(() => void setBackend("wasm"));

describe("a signal that a timer on the same thread raises", () => {
  let model: CausalLM;
  beforeEach(() => {
    model = make();
  });
  afterEach(() => model.dispose());

  it.each<[string, (signal: AbortSignal) => AsyncIterable<unknown> | Promise<unknown>]>([
    ["generate", (signal) => generate(model, [prompt], { maxNewTokens, signal })],
    ["generateBatch", (signal) => generateBatch(model, [{ prompt, maxNewTokens }], { signal })],
    [
      "generateSpeculative",
      (signal) => generateSpeculative(model, prompt, { maxNewTokens, signal }),
    ],
    ["evaluate", (signal) => evaluate(model, batches(), { signal })],
    ["trainBpeEvents", (signal) => trainBpeEvents(texts, { vocabSize: 20_000, signal })],
    ["trainBpe", (signal) => trainBpe(texts, { vocabSize: 20_000, signal })],
  ])("ends %s before its last item", async (_, run) => {
    const { error, reason, items } = await stoppedByTimer(run);
    expect(error).toBe(reason);
    expect(items).toBeLessThan(maxNewTokens);
  });
});

describe("train beside generate on one thread", () => {
  const trained = async () => {
    const model = make(tinyDeepseek());
    const losses: number[] = [];
    const config = { steps: 12, lr: 1e-2, gradientAccumulation: 2 };
    const steps: AsyncGenerator<TrainEvent> = train(model, countingData(31), config);
    for await (const event of steps) if (event.type === "step-end") losses.push(event.loss);
    const [name] = model.weightNames();
    const { data } = await model.readWeight(name!);
    model.dispose();
    return { losses, data };
  };
  const generated = async () => {
    const model = make(tinyDeepseek(), 8);
    const requests = [prompt, [4, 5], [6]].map((ids) => ({ prompt: ids, maxNewTokens: 40 }));
    const tokens: unknown[] = [];
    const options = { maxSequences: 2, pageTokens: 8 };
    for await (const { request, id } of generateBatch(model, requests, options))
      tokens.push([request, id]);
    model.dispose();
    return tokens;
  };

  it("gives each the bits that it gives alone, and returns the memory", async () => {
    const alone = { trained: await trained(), generated: await generated() };
    const { bytes, storages } = memory();
    const [first, second, other] = await Promise.all([trained(), trained(), generated()]);
    expect(first).toEqual(alone.trained);
    expect(second).toEqual(alone.trained);
    expect(other).toEqual(alone.generated);
    expect(memory()).toMatchObject({ bytes, storages });
  });
});
