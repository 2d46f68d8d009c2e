import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Generator, manualSeed, setBackend } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  CausalLM,
  evaluate,
  extendContext,
  extendModel,
  lossByPosition,
  parseConfig,
} from "../../src";
import type { ExtendContextEvent, ExtendContextOptions } from "../../src/context/extend-context";
import { longDocuments } from "../../src/context/long-documents";

let folder: string;
beforeEach(async () => {
  setBackend("js");
  manualSeed(1);
  folder = await mkdtemp(join(tmpdir(), "deepgrain-lm-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const newModel = (type: "llama" | "deepseek_v2" = "llama", more: object = {}) =>
  new CausalLM(
    parseConfig(tinyConfig(type, { vocab_size: 20, max_position_embeddings: 16, ...more })),
    { generator: new Generator(3) },
  );
const documents = [40, 12, 9, 70].map((length, d) =>
  Array.from({ length }, (_, i) => (i * (d + 1)) % 20),
);
const weight = "model.layers.0.mlp.up_proj.weight";

async function collect(options: Partial<ExtendContextOptions> = {}) {
  const events: ExtendContextEvent[] = [];
  const stages = [
    { length: 24, steps: 2, batchSize: 2 },
    { length: 64, steps: 2, batchSize: 1 },
  ];
  const run = extendContext(newModel(), documents, { factor: 4, stages, lr: 1e-2, ...options });
  let next = await run.next();
  for (; !next.done; next = await run.next()) events.push(next.value);
  return { events, model: next.value };
}

describe("extendModel", () => {
  it("keeps the weights and scales by YaRN with the mscales of DeepSeek-V2 where attention is latent", async () => {
    const model = newModel("deepseek_v2");
    const longer = await extendModel(model, { factor: 40 });
    expect(longer.config).toMatchObject({
      maxPositionEmbeddings: 640,
      ropeScaling: {
        type: "yarn",
        factor: 40,
        originalMaxPositionEmbeddings: 16,
        mscale: 707 / 1000,
        mscaleAllDim: 707 / 1000,
      },
    });
    expect(await longer.readWeight("lm_head.weight")).toEqual(
      await model.readWeight("lm_head.weight"),
    );
    expect(model.config.maxPositionEmbeddings).toBe(16);
  });

  it("scales linearly or not at all where asked", async () => {
    const linear = await extendModel(newModel(), { factor: 2, scaling: "linear" });
    expect(linear.config).toMatchObject({ ropeScaling: { type: "linear", factor: 2 } });
    const none = await extendModel(newModel(), { factor: 2, scaling: "none" });
    expect(none.config).toMatchObject({ maxPositionEmbeddings: 32, ropeScaling: null });
    const batch = { ids: [1, 2, 3, 4], batch: 1, length: 4 };
    expect(none.forward(batch).dataSync()).toEqual(newModel().forward(batch).dataSync());
  });

  it.each([
    ["a factor of 1", newModel, { factor: 1 }, "ERR_RANGE"],
    ["an unknown scaling", newModel, { factor: 2, scaling: "ntk" }, "ERR_ARGUMENT"],
    [
      "positions that are scaled already",
      () => newModel("llama", { rope_scaling: { type: "linear", factor: 2 } }),
      { factor: 2 },
      "ERR_CONFIG",
    ],
  ] as const)("refuses %s", async (_, make, options, code) => {
    await expect(extendModel(make(), options as never)).rejects.toMatchObject({ code });
  });
});

describe("longDocuments", () => {
  it("fills sequences with documents, a random part of those that are longer", () => {
    const { ids, batch, length } = longDocuments(documents, { length: 30, batchSize: 3 }).batch(5);
    expect([ids.length, batch, length]).toEqual([90, 3, 30]);
    const again = longDocuments(documents, { length: 30, batchSize: 3 });
    expect(again.batch(5).ids).toEqual(ids);
    expect(again.batch(6).ids).not.toEqual(ids);
  });

  it("draws documents by their tokens, and long ones as much more often as asked", () => {
    const two = [new Array(100).fill(1), ...new Array(10).fill(new Array(10).fill(2))];
    const share = (longWeight: number) => {
      const data = longDocuments(two, { length: 50, batchSize: 400, longWeight });
      const { ids } = data.batch(0);
      const first = Array.from({ length: 400 }, (_, row) => ids[row * 50]!);
      return first.filter((id) => id === 1).length / 400;
    };
    expect(Math.abs(share(1) - 1 / 2)).toBeLessThan(0.1); // 100 tokens of 200
    expect(Math.abs(share(4) - 4 / 5)).toBeLessThan(0.1);
  });

  it("refuses documents without tokens and options out of range", () => {
    const options = { length: 4, batchSize: 1 };
    expect(() => longDocuments([[]], options)).toThrow(/no tokens/);
    expect(() => longDocuments(documents, { ...options, length: 1 })).toThrow(/length/);
    expect(() => longDocuments(documents, { ...options, longWeight: 0 })).toThrow(/longWeight/);
  });
});

describe("extendContext", () => {
  it("trains a longer copy in stages, scaled by the whole factor from the first on", async () => {
    const { events, model } = await collect();
    expect(events[0]).toMatchObject({ type: "extend-start", model, positions: 64 });
    expect(events.filter(({ type }) => type === "stage-start")).toEqual([
      { type: "stage-start", stage: 0, length: 24, step: 0 },
      { type: "stage-start", stage: 1, length: 64, step: 2 },
    ]);
    const tokens = events.flatMap((event) => (event.type === "step-end" ? [event.tokens] : []));
    expect(tokens).toEqual([48, 48, 64, 64]);
    expect(model.config).toMatchObject({ ropeScaling: { factor: 4 } });
    expect(await model.readWeight(weight)).not.toEqual(await newModel().readWeight(weight));
  });

  it("goes on after a stop within a stage to the same weights", async () => {
    const { model: whole } = await collect();
    const controller = new AbortController();
    const checkpoint = { folder, everySteps: 1 };
    const stages = [
      { length: 24, steps: 2, batchSize: 2 },
      { length: 64, steps: 2, batchSize: 1 },
    ];
    const options = { factor: 4, stages, lr: 1e-2, checkpoint };
    const broken = extendContext(newModel(), documents, { ...options, signal: controller.signal });
    await expect(
      (async () => {
        for await (const event of broken)
          if (event.type === "step-end" && event.step === 3) controller.abort(new Error("stop"));
      })(),
    ).rejects.toThrow("stop");
    const { events, model } = await collect({ checkpoint, resume: true });
    expect(events.filter(({ type }) => type === "stage-start")).toMatchObject([
      { stage: 1, step: 3 },
    ]);
    expect(await model.readWeight(weight)).toEqual(await whole.readWeight(weight));
  });

  it("refuses no stages and a stage longer than the model will be", async () => {
    await expect(collect({ stages: [] })).rejects.toMatchObject({ code: "ERR_RANGE" });
    const stages = [{ length: 65, steps: 1, batchSize: 1 }];
    await expect(collect({ stages })).rejects.toThrow(/stages\[0\]\.length/);
  });
});

describe("lossByPosition", () => {
  it("averages the losses of tokens by their position; over all of them it is the loss", async () => {
    const model = newModel();
    const texts = documents.map((document) => document.slice(0, 16));
    const buckets = await lossByPosition(model, texts, { bucket: 6 });
    expect(buckets.map(({ from, to, tokens }) => [from, to, tokens])).toEqual([
      [0, 6, 20], // Four documents, positions 1 to 5.
      [6, 12, 21], // The third ends at 9.
      [12, 18, 8],
    ]);
    const total = buckets.reduce((sum, { loss, tokens }) => sum + loss * tokens, 0);
    const batches = texts.map((ids) => ({ ids, batch: 1, length: ids.length }));
    const { loss, tokens } = await evaluate(model, batches);
    expect(tokens).toBe(49);
    expect(total / 49).toBeCloseTo(loss, 5);
  });

  it("cuts documents at the longest position, and refuses those without a token to predict", async () => {
    const [only] = await lossByPosition(newModel(), [documents[3]!], { bucket: 100 });
    expect(only!.tokens).toBe(15);
    await expect(lossByPosition(newModel(), [[1]], { bucket: 4 })).rejects.toThrow(/nothing/);
  });
});
