import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig, trainingMemory } from "@deepgrain/lm";
import { MoeLayer } from "@deepgrain/moe";
import { randn, tidy } from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryNote } from "../../src/run/memory-note";
import { type LayerLoadRecord, watchLoad } from "../../src/run/watch-load";
import { metricsLog } from "../../src/store/metrics-log";

describe("watchLoad", () => {
  let folder: string;
  const notes: string[] = [];
  const progress = {
    title: () => {},
    note: (text: string) => void notes.push(text),
    task: () => ({ update: () => {}, end: () => {} }),
    finish: () => {},
    close: () => {},
  };
  beforeEach(async () => {
    notes.length = 0;
    folder = await mkdtemp(join(tmpdir(), "deepgrain-load-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("records the choices of each evaluation, and warns once of each dead expert", async () => {
    const layer = new MoeLayer({ hiddenSize: 4, expertSize: 2, experts: 6, topK: 1 });
    layer.name = "first";
    const metrics = metricsLog(join(folder, "metrics.jsonl"));
    const watch = watchLoad([layer], { stage: "pretrain", steps: 20, progress, metrics });
    const token = randn([1, 4]);
    const pass = (isTraining: boolean) => {
      layer.train(isTraining);
      tidy(() => void layer.forward(token));
    };
    const step = async () => {
      pass(true);
      pass(false); // a sample that the model writes between step and evaluation
      await watch.endStep();
    };
    await step();
    expect(notes).toEqual([]);
    pass(false);
    pass(false);
    await watch.endEvaluation(1);
    for (let i = 0; i < 3; i++) await step();
    pass(false);
    await watch.endEvaluation(4);
    const layers = (await metrics.read()).map((record) => record.layers as LayerLoadRecord[]);
    const chosen = layers[0]![0]!.counts.indexOf(2);
    const others = [0, 1, 2, 3, 4, 5].filter((expert) => expert !== chosen);
    const counts = (n: number) =>
      Array.from({ length: 6 }, (_, expert) => (expert === chosen ? n : 0));
    const shared = { layer: "first", maxViolation: expect.closeTo(5, 9), droppedFraction: 0 };
    expect(layers).toEqual([
      [{ ...shared, counts: counts(2) }],
      [{ ...shared, counts: counts(1) }],
    ]);
    expect(notes).toEqual([
      `Warning: first: no token for 2 steps reached experts ${others.join(", ")}`,
    ]);
    expect(watch.report()[0]!.steps).toBe(4);
    watch.dispose();
  });
});

describe("memoryNote", () => {
  const config = parseConfig({
    model_type: "deepseek",
    vocab_size: 1024,
    hidden_size: 64,
    intermediate_size: 128,
    moe_intermediate_size: 32,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    n_routed_experts: 8,
    n_shared_experts: 1,
    num_experts_per_tok: 2,
    first_k_dense_replace: 1,
  });

  it("says what a step takes, part by part", () => {
    const memory = trainingMemory(config, { batch: 4, sequenceLength: 32 });
    expect(memoryNote(memory)).toMatch(
      /^Memory for a training step: about [\d.]+ MiB \(weights [\d.]+ MiB, gradients [\d.]+ MiB, optimiser [\d.]+ MiB, activations [\d.]+ MiB\)\.$/,
    );
  });

  it("warns of more than a WebAssembly memory holds", () => {
    const memory = trainingMemory(config, { batch: 4096, sequenceLength: 4096 });
    expect(memoryNote(memory)).toContain("more than the 4 GiB");
  });
});
