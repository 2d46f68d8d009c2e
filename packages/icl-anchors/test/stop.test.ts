import { CausalLM, parseConfig } from "@deepgrain/lm";
import { Generator, memory } from "@deepgrain/tensor-gpu";
import { expect, it } from "vitest";
import { answers, isolate, type Prompt, reweight, saliencyFlow } from "../src";
import { labelAttention } from "../src/attention/attention-auc";
import { collectVectors } from "../src/diagnosis/collect-vectors";
import { promptsOf } from "./support/blocks";

const model = new CausalLM(
  parseConfig({
    model_type: "llama",
    vocab_size: 512,
    hidden_size: 16,
    intermediate_size: 24,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    max_position_embeddings: 512,
  }),
  { generator: new Generator(3) },
);

const COUNT = 50_000;
const [prompt] = promptsOf(1);
const prompts: Prompt[] = new Array(COUNT).fill(prompt);

/** Runs the work with a signal that a timer of this thread raises, and says how far it came. */
async function stopped(
  work: (signal: AbortSignal, seen: (done: number) => void) => Promise<unknown>,
) {
  const stop = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => stop.abort(reason), 1);
  let last = 0;
  const error = await work(stop.signal, (done) => {
    last = done;
  }).catch((thrown: unknown) => thrown);
  expect(error).toBe(reason);
  return last;
}

it.each([
  ["saliencyFlow", saliencyFlow],
  ["isolate", isolate],
  ["answers", answers],
  ["labelAttention", labelAttention],
  [
    "collectVectors",
    (...[model, prompts, options]: Parameters<typeof answers>) =>
      collectVectors(model, prompts, { ...options, layer: 0 }),
  ],
] as const)("%s ends with the reason of a signal that a timer raises", async (_, measure) => {
  await saliencyFlow(model, prompts.slice(0, 1)); // tables that the model keeps
  const before = memory().bytes;
  const last = await stopped((signal, onProgress) =>
    (measure as typeof answers)(model, prompts, { batchSize: 1, signal, onProgress }),
  );
  expect(last).toBeLessThan(COUNT);
  expect(memory().bytes).toBe(before);
});

it("reweight ends with the reason of a signal that a timer raises, in its first reading and between steps", async () => {
  for (const [list, epochs] of [
    [prompts, 1],
    [prompts.slice(0, 2), COUNT],
  ] as const) {
    const before = memory().bytes;
    const last = await stopped(async (signal, seen) => {
      for await (const event of reweight(model, list, { epochs, signal }))
        if (event.type === "epoch-end") seen(event.epoch);
    });
    expect(last).toBeLessThan(epochs);
    expect(memory().bytes).toBe(before);
  }
});
