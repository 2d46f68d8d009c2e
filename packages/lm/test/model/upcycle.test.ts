import { Generator, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { beforeEach, describe, expect, it } from "vitest";
import {
  attachLora,
  CausalLM,
  generate,
  greedy,
  loadModel,
  parseConfig,
  saveModel,
  toHuggingFace,
  train,
  upcycle,
} from "../../src";
import { countingData, tinyDeepseek, tinyGemma2, tinyGpt2 } from "../support/tiny-models";

beforeEach(() => void setBackend("js"));

const data = countingData(31);
const rope = { rope_type: "linear", factor: 2 };
const denseConfig = (family: "llama" | "qwen3", changes: object = {}) =>
  parseConfig({ ...tinyConfig("llama"), initializer_range: 0.2, ...changes, model_type: family });
const dense = (family: "llama" | "qwen3", changes: object = {}) =>
  new CausalLM(denseConfig(family, changes), { generator: new Generator(5) });
const counts = { experts: 4, topK: 2 };
const sparse = (model: CausalLM, changes: object = {}) =>
  upcycle(model, { ...counts, generator: new Generator(6), ...changes });

const logits = (model: CausalLM) => tidy(() => [...model.eval().forward(data.batch(3)).dataSync()]);

describe.each([
  ["llama", "mixtral", {}],
  ["llama", "mixtral", { tie_word_embeddings: true, rope_scaling: rope, rms_norm_eps: 1e-3 }],
  ["qwen3", "qwen3_moe", { head_dim: 8 }],
  [
    "qwen3",
    "qwen3_moe",
    { attention_bias: true, use_sliding_window: true, sliding_window: 4, max_window_layers: 1 },
  ],
] as const)("upcycle of %s to %s with %j", (family, target, changes) => {
  it.each([
    [2, 2],
    [5, 3],
    [4, 4],
  ])("gives the dense model's logits with %i experts, %i per token", async (experts, topK) => {
    const model = dense(family, changes);
    const mixture = await sparse(model, { experts, topK });
    expect(mixture.config).toMatchObject({
      modelType: target,
      nRoutedExperts: experts,
      numExpertsPerTok: topK,
      normTopkProb: true,
    });
    expect(mixture.moeLayers.size).toBe(model.config.numHiddenLayers);
    expect(logits(mixture)).toBeAllclose(logits(model), { rtol: 0, atol: 1e-5 });
  });

  it("writes a folder that loads again, and generates as the dense model", async () => {
    const model = dense(family, changes);
    const mixture = await sparse(model);
    const folder = new Map<string, Blob>();
    await saveModel(folder, mixture);
    const loaded = await loadModel(folder);
    expect(loaded.config.unknownKeys).toEqual([]);
    expect(toHuggingFace(loaded.config)).toEqual(toHuggingFace(mixture.config));
    expect(logits(loaded)).toEqual(logits(mixture));
    const written = async (own: CausalLM) => {
      const ids: number[] = [];
      const options = { maxNewTokens: 6, sampler: greedy, eosTokenId: null };
      for await (const event of generate(own, [[1, 5, 9]], options)) ids.push(event.ids[0]!);
      return ids;
    };
    expect(await written(loaded)).toEqual(await written(model));
  });
});

describe("upcycle", () => {
  it.each(["llama", "qwen3"] as const)(
    "of %s has different experts after 20 steps",
    async (family) => {
      const mixture = await sparse(dense(family));
      const distance = () =>
        [...mixture.moeLayers.values()].map((layer) => {
          const { gateUp } = layer.experts;
          const [first, ...others] = [0, 1, 2, 3].map((e) => [...gateUp.select(0, e).dataSync()]);
          return others.map((own) => Math.hypot(...own.map((w, i) => w - first![i]!)));
        });
      expect(distance().flat()).toEqual(Array(6).fill(0));
      let loss = { first: 0, last: 0 };
      for await (const event of train(mixture, data, { steps: 20, lr: 1e-2 }))
        if (event.type === "step-end") loss = { first: loss.first || event.loss, last: event.loss };
      expect(Math.min(...distance().flat())).toBeGreaterThan(1e-3);
      expect(loss.last).toBeLessThan(loss.first);
    },
  );

  it("draws the same routers from the same generator, and leaves the model as it was", async () => {
    const model = dense("llama");
    const before = logits(model);
    const router = async (seed: number) => {
      const mixture = await sparse(model, { generator: new Generator(seed) });
      return (await mixture.readWeight("model.layers.0.block_sparse_moe.gate.weight")).data;
    };
    expect(await router(1)).toEqual(await router(1));
    expect(await router(1)).not.toEqual(await router(2));
    expect(logits(model)).toEqual(before);
  });

  it.each([
    ["gpt2", tinyGpt2],
    ["gemma2", tinyGemma2],
    ["deepseek", tinyDeepseek],
  ])("refuses %s by name", async (family, config) => {
    await expect(sparse(new CausalLM(config(), { generator: new Generator(1) }))).rejects.toThrow(
      expect.objectContaining({
        code: "ERR_CONFIG",
        message: `lm/upcycle: model_type must be llama or qwen3, got ${family}`,
      }),
    );
  });

  it.each([
    ["attention_bias", true],
    ["mlp_bias", true],
    ["hidden_act", "gelu"],
  ])("refuses a llama whose %s is %s", async (key, value) => {
    await expect(sparse(dense("llama", { [key]: value }))).rejects.toThrow(
      expect.objectContaining({ code: "ERR_CONFIG", fields: { key, value } }),
    );
  });

  it.each([
    [{ experts: 1 }, /experts must be a whole number from 2 to 1024, got 1/],
    [{ experts: 1025 }, /experts must be .* got 1025/],
    [{ topK: 1 }, /topK must be a whole number from 2 to 4, got 1/],
    [{ topK: 5 }, /topK must be .* got 5/],
  ])("refuses %j", async (changes, message) => {
    await expect(sparse(dense("llama"), changes)).rejects.toThrow(
      expect.objectContaining({ code: "ERR_RANGE", message: expect.stringMatching(message) }),
    );
  });

  it("refuses a model with attached LoRA factors, and stops when aborted", async () => {
    const model = dense("llama");
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(sparse(model, { signal })).rejects.toThrow("enough");
    attachLora(model, {});
    await expect(sparse(model)).rejects.toThrow(expect.objectContaining({ code: "ERR_STATE" }));
  });
});

describe("router_z_loss_coef", () => {
  it("reaches the layers of every mixture, and is written only if it is set", async () => {
    const mixture = await sparse(dense("llama"));
    expect(toHuggingFace(mixture.config)).not.toHaveProperty("router_z_loss_coef");
    for (const config of [toHuggingFace(mixture.config), toHuggingFace(tinyDeepseek())]) {
      const model = new CausalLM(parseConfig({ ...config, router_z_loss_coef: 0.01 }));
      for (const layer of model.moeLayers.values()) expect(layer.config.zLossAlpha).toBe(0.01);
      expect(toHuggingFace(model.config)).toMatchObject({ router_z_loss_coef: 0.01 });
    }
  });
});
