import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memory, writeSafetensors } from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CausalLM, loadModel, parseConfig, saveModel, streamModel } from "../../src";
import { weightPlan } from "../../src/files/weight-plan";
import {
  tinyDeepseek,
  tinyDeepseekV2,
  tinyDeepseekV3,
  tinyGpt2,
  tinyLlama,
} from "../support/tiny-models";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "deepgrain-plan-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const configs = [
  tinyLlama(),
  tinyLlama({ attention_bias: true, mlp_bias: true, tie_word_embeddings: true, head_dim: 6 }),
  tinyGpt2(),
  tinyGpt2({ tie_word_embeddings: false, n_inner: 20 }),
  tinyDeepseek(),
  tinyDeepseek({ n_shared_experts: null, moe_layer_freq: 2, first_k_dense_replace: 0 }),
  tinyDeepseek({ n_routed_experts: null, attention_bias: true }),
  tinyDeepseekV2(),
  tinyDeepseekV2({ q_lora_rank: null, attention_bias: true, n_shared_experts: 2 }),
  tinyDeepseekV3(),
  tinyDeepseekV3({ attention_bias: true }),
];

describe("weightPlan", () => {
  it.each(configs.map((config) => [config.modelType, config] as const))(
    "names the weights of %s with their shapes, as the model has them",
    (_, config) => {
      const model = new CausalLM(config, { generator: null });
      const own = [...model.weightViews].map(([name, view]) => [name, [...view.shape]] as const);
      const planned = [...weightPlan(config)].map(([name, shape]) => [name, [...shape]] as const);
      expect(new Map(planned)).toEqual(new Map(own));
      expect(planned).toHaveLength(own.length);
      model.dispose();
    },
  );
});

describe("loadModel", () => {
  const saved = async (config: ReturnType<typeof tinyLlama>, source: object) => {
    const model = new CausalLM(config);
    await saveModel(folder, model);
    model.dispose();
    await writeFile(join(folder, "config.json"), JSON.stringify({ ...config.source, ...source }));
  };

  it.each<[string, ReturnType<typeof tinyLlama>, object, string]>([
    ["vocabulary", tinyLlama(), { vocab_size: 40_000_000 }, "ERR_SHAPE"],
    ["positions", tinyGpt2(), { n_positions: 40_000_000 }, "ERR_SHAPE"],
    ["experts", tinyDeepseek(), { n_routed_experts: 100_000_000 }, "ERR_MISSING"],
    ["layers", tinyLlama(), { num_hidden_layers: 1_000_000_000 }, "ERR_CONFIG"],
    ["layers in the file", tinyLlama(), { num_hidden_layers: 9_999 }, "ERR_MISSING"],
  ])(
    "refuses a configuration with more %s than the file has, and takes no memory for it",
    async (...row) => {
      const [, config, source, code] = row;
      await saved(config, source);
      const before = memory().bytes;
      await expect(loadModel(folder)).rejects.toMatchObject({ code });
      expect(memory().bytes).toBe(before);
    },
  );

  it("needs no file to refuse a model without end", () => {
    expect(() => parseConfig({ ...tinyGpt2().source, n_layer: 10_001 })).toThrow(
      "n_layer must be at most 10000, got 10001",
    );
  });

  it.each([[[0, 0]], [[1, 2]], [[1]], [[2, 1]]])(
    "refuses factors of shape %j for a weight of [31, 16]",
    async (shape) => {
      const config = tinyLlama();
      await saved(config, {});
      const model = new CausalLM(config);
      const weights = await Promise.all(
        model.weightNames().map(async (name) => [name, await model.readWeight(name)] as const),
      );
      model.dispose();
      const size = shape.reduce((product, n) => product * n, 1);
      const factors = { shape, data: new Float32Array(size).fill(1) };
      const scaled = new Map([...weights, ["lm_head.weight_scale_inv", factors]]);
      await writeSafetensors(join(folder, "model.safetensors"), scaled);
      const wrong = {
        code: "ERR_SHAPE",
        message: expect.stringMatching(/scale_inv must be \[1, 1\]/),
      };
      await expect(loadModel(folder, { strict: false })).rejects.toMatchObject(wrong);
    },
  );

  it("refuses factors of a weight that is not a matrix", async () => {
    const config = tinyDeepseekV3();
    await saved(config as never, {});
    const model = new CausalLM(config);
    const weights = await Promise.all(
      model.weightNames().map(async (name) => [name, await model.readWeight(name)] as const),
    );
    model.dispose();
    const factors = { shape: [1], data: new Float32Array([1]) };
    const scaled = new Map([...weights, ["model.norm.weight_scale_inv", factors]]);
    await writeSafetensors(join(folder, "model.safetensors"), scaled);
    await expect(loadModel(folder, { strict: false })).rejects.toMatchObject({ code: "ERR_SHAPE" });
    await expect(streamModel(folder).then((streamed) => streamed.close())).resolves.toBeUndefined();
  });
});
