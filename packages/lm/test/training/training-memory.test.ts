import {
  Generator,
  measurePeakBytes,
  memory,
  optim,
  setBackend,
  tidy,
} from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CausalLM, parseConfig, trainingMemory } from "../../src";
import type { TrainingRun } from "../../src/training/training-memory";

const config = parseConfig({
  model_type: "llama",
  vocab_size: 500,
  hidden_size: 64,
  intermediate_size: 160,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  max_position_embeddings: 64,
  eos_token_id: null,
});

/** Share by which a measured step may differ: buffers of kernels, and tensors that overlap for a moment. */
const NEAR = 0.3;

beforeEach(() => void setBackend("wasm"));
afterEach(() => void setBackend("wasm"));

/** Most bytes of model, optimiser and one step. */
async function measured(run: TrainingRun): Promise<number> {
  const { batch, sequenceLength, moments = "float32", gradientCheckpointing = false } = run;
  const { peakBytes } = await measurePeakBytes(() => {
    const model = new CausalLM(config, { generator: new Generator(1) }).train();
    model.gradientCheckpointing = gradientCheckpointing;
    const optimizer = new optim.AdamW(model.parameters(), { moments });
    const ids = Int32Array.from({ length: batch * sequenceLength }, (_, i) => (i * 31) % 500);
    for (let step = 0; step < 2; step++)
      tidy(() => {
        model.loss({ ids, batch, length: sequenceLength }).backward();
        optimizer.step();
        optimizer.zeroGrad();
      });
    optimizer.dispose();
    model.dispose();
  });
  return peakBytes;
}

describe("trainingMemory", () => {
  const runs: [string, TrainingRun][] = [
    ["plain", { batch: 8, sequenceLength: 64 }],
    ["with int8 moments", { batch: 1, sequenceLength: 32, moments: "int8" }],
    ["with checkpoints", { batch: 8, sequenceLength: 64, gradientCheckpointing: true }],
  ];
  it.each(runs)("is near what a step takes, %s", async (_, run) => {
    const { total } = trainingMemory(config, run);
    const peak = await measured(run);
    expect(peak / total).toBeGreaterThan(1 - NEAR);
    expect(peak / total).toBeLessThan(1 + NEAR);
  });

  it("shrinks with int8 moments, checkpoints, and where logits are taken in chunks", () => {
    const run = { batch: 8, sequenceLength: 64 };
    const plain = trainingMemory(config, run);
    expect(trainingMemory(config, { ...run, moments: "int8" }).optimizer).toBeLessThan(
      0.26 * plain.optimizer,
    );
    const fewer = trainingMemory(config, { ...run, gradientCheckpointing: true });
    expect(fewer.activations).toBeLessThan(0.6 * plain.activations);
    const large = parseConfig({ ...config.source, vocab_size: 200_000 });
    const { activations } = trainingMemory(large, { batch: 64, sequenceLength: 64 });
    expect(activations).toBeLessThan(64 * 64 * 200_000 * 4);
  });

  it("says whether the backend has as much, and allocates nothing", () => {
    const { bytes } = memory();
    expect(trainingMemory(config, { batch: 1, sequenceLength: 8 })).toMatchObject({ fits: true });
    const huge = trainingMemory(config, { batch: 1e6, sequenceLength: 64 });
    expect(huge.fits).toBe(false);
    expect(huge.limit).toBeLessThan(2 ** 32);
    expect(memory().bytes).toBe(bytes);
    setBackend("js");
    expect(trainingMemory(config, { batch: 1e6, sequenceLength: 64 })).toMatchObject({
      limit: null,
      fits: true,
    });
  });
});
