import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import {
  type DeepseekConfig,
  type DeepseekV2Config,
  isMoeLayer,
  type LlamaConfig,
  type ModelConfig,
  parseConfig,
  supportedModelTypes,
  toHuggingFace,
} from "../../src/config";
import { LmError } from "../../src/errors";

const readJson = (path: string) => JSON.parse(readFileSync(shared(path), "utf8"));

const goldenConfigs = [
  "golden/models/llama-gqa",
  "golden/models/deepseek-v1",
  "golden/models/deepseek-v2-noqlora",
  "data/models/tiny-random-gpt2",
].map((folder) => `${folder}/config.json`);

describe.skipIf(sharedIsMissing)("parseConfig on released files", () => {
  it.each(goldenConfigs)("reads %s and writes it back as it was", (path) => {
    const json = readJson(path);
    const config = parseConfig(json);
    expect(config.dtype).toBe("float32");
    expect(JSON.stringify(toHuggingFace(config))).toBe(JSON.stringify(json));
    const complete = toHuggingFace(config, { complete: true });
    expect(complete).toMatchObject(json);
    expect({ ...parseConfig(complete), source: null }).toEqual({ ...config, source: null });
  });

  it("takes the keys that a family uses, not those that merely sound like it", () => {
    const gpt2 = parseConfig(readJson(goldenConfigs[3]!));
    expect(gpt2).toMatchObject({
      modelType: "gpt2",
      hiddenSize: 32,
      intermediateSize: 128, // 4 · n_embd; the file's intermediate_size belongs to no GPT-2
      hiddenAct: "gelu_new",
      numHiddenLayers: 5,
      bosTokenId: 98,
      tieWordEmbeddings: true,
    });
  });
});

describe("parseConfig", () => {
  it("takes the defaults of the Hugging Face classes", () => {
    expect(parseConfig({ model_type: "llama" })).toMatchObject({
      architectures: ["LlamaForCausalLM"],
      dtype: null,
      vocabSize: 32000,
      hiddenSize: 4096,
      intermediateSize: 11008,
      numKeyValueHeads: 32,
      headDim: 128,
      rmsNormEps: 1e-6,
      ropeTheta: 10000,
      ropeScaling: null,
      bosTokenId: 1,
      eosTokenId: 2,
      padTokenId: null,
    });
    expect(parseConfig({ model_type: "gpt2" })).toMatchObject({
      intermediateSize: 3072,
      layerNormEps: 1e-5,
    });
    expect(parseConfig({ model_type: "deepseek" })).toMatchObject({
      vocabSize: 102400,
      moeIntermediateSize: 1407,
      nRoutedExperts: null,
      auxLossAlpha: 0.001,
      eosTokenId: 100001,
    });
    expect(parseConfig({ model_type: "deepseek_v2" })).toMatchObject({
      qLoraRank: 1536,
      kvLoraRank: 512,
      topkMethod: "greedy",
      routedScalingFactor: 1,
    });
    expect(parseConfig({ model_type: "deepseek_v3" })).toMatchObject({
      nRoutedExperts: 256,
      scoringFunc: "sigmoid",
      topkMethod: "noaux_tc",
      nGroup: 8,
      routedScalingFactor: 2.5,
    });
  });

  it("derives what a null leaves open", () => {
    const config = parseConfig({
      model_type: "llama",
      hidden_size: 64,
      num_attention_heads: 4,
      num_key_value_heads: null,
      head_dim: null,
      bos_token_id: null,
      eos_token_id: [2, 3],
    });
    expect(config).toMatchObject({
      numKeyValueHeads: 4,
      headDim: 16,
      bosTokenId: null,
      eosTokenId: [2, 3],
    });
  });

  it("reads both spellings of newer and older files", () => {
    const scaling = { factor: 4, original_max_position_embeddings: 1024 };
    const older = {
      torch_dtype: "bfloat16",
      rope_theta: 5e5,
      rope_scaling: { type: "yarn", ...scaling },
    };
    const newer = {
      dtype: "bfloat16",
      rope_parameters: { rope_type: "yarn", rope_theta: 5e5, ...scaling },
    };
    for (const json of [older, newer]) {
      const config = parseConfig({ model_type: "llama", ...json }) as LlamaConfig;
      expect(config.dtype).toBe("bfloat16");
      expect(config.ropeTheta).toBe(5e5);
      expect(config.ropeScaling).toEqual({
        type: "yarn",
        factor: 4,
        originalMaxPositionEmbeddings: 1024,
        betaFast: 32,
        betaSlow: 1,
        mscale: 1,
        mscaleAllDim: 0,
        attentionFactor: null,
        truncate: true,
      });
    }
    const plain = parseConfig({
      model_type: "llama",
      rope_parameters: { rope_theta: 7 },
    }) as LlamaConfig;
    expect([plain.ropeTheta, plain.ropeScaling]).toEqual([7, null]);
  });

  it("reads the other kinds of scaling", () => {
    const scalingOf = (rope_scaling: object) =>
      (
        parseConfig({
          model_type: "llama",
          max_position_embeddings: 4096,
          rope_scaling,
        }) as LlamaConfig
      ).ropeScaling;
    expect(scalingOf({ type: "linear", factor: 2 })).toEqual({ type: "linear", factor: 2 });
    expect(scalingOf({ rope_type: "dynamic", factor: 2 })).toEqual({
      type: "dynamic",
      factor: 2,
      originalMaxPositionEmbeddings: 4096,
    });
    const llama3 = {
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    };
    expect(scalingOf({ rope_type: "llama3", factor: 8, ...llama3 })).toEqual({
      type: "llama3",
      factor: 8,
      lowFreqFactor: 1,
      highFreqFactor: 4,
      originalMaxPositionEmbeddings: 8192,
    });
    expect(scalingOf({ rope_type: "default" })).toBeNull();
  });

  it("takes the released code's misspelt gate name for greedy", () => {
    const config = parseConfig({ model_type: "deepseek_v2", topk_method: "gready" });
    expect((config as DeepseekV2Config).topkMethod).toBe("greedy");
    expect(toHuggingFace(config).topk_method).toBe("gready");
  });

  it("lists the supported model types for an unknown one", () => {
    for (const json of [{ model_type: "mamba" }, { model_type: "toString" }, {}]) {
      const parse = () => parseConfig(json);
      expect(parse).toThrow(/llama, gpt2, deepseek, deepseek_v2, deepseek_v3/);
      expect(parse).toThrow(expect.objectContaining({ code: "ERR_CONFIG" }));
    }
    expect(supportedModelTypes).toHaveLength(19);
    expect(() => parseConfig({ model_type: "qwen3moe" })).toThrow(/; the nearest is qwen3_moe$/);
    expect(() => parseConfig({ model_type: "bert" })).toThrow(
      /which is an encoder: loadEncoder reads it/,
    );
  });

  it.each<[string, string, Record<string, unknown>]>([
    ["vocab_size", "llama", { vocab_size: "32000" }],
    ["vocab_size", "llama", { vocab_size: null }],
    ["hidden_size", "llama", { hidden_size: 12.5 }],
    ["n_head", "gpt2", { n_head: 7 }],
    ["num_attention_heads", "deepseek", { num_attention_heads: 5 }],
    ["num_key_value_heads", "llama", { num_key_value_heads: 5 }],
    ["head_dim", "llama", { head_dim: 7 }],
    ["rms_norm_eps", "llama", { rms_norm_eps: 0 }],
    ["attention_bias", "llama", { attention_bias: 1 }],
    ["hidden_act", "llama", { hidden_act: "mish" }],
    ["torch_dtype", "llama", { torch_dtype: "int8" }],
    ["eos_token_id", "llama", { eos_token_id: [] }],
    ["pad_token_id", "llama", { pad_token_id: -1 }],
    ["attn_pdrop", "gpt2", { attn_pdrop: 1.5 }],
    ["partial_rotary_factor", "llama", { partial_rotary_factor: 0.5 }],
    ["rope_scaling.rope_type", "llama", { rope_scaling: { type: "ntk", factor: 2 } }],
    ["rope_scaling.short_factor", "phi3", { rope_scaling: { type: "longrope", factor: 2 } }],
    ["rope_scaling.rope_type", "deepseek", { rope_scaling: { type: "yarn", factor: 2 } }],
    ["rope_scaling.factor", "llama", { rope_scaling: { type: "linear" } }],
    ["factor", "llama", { rope_scaling: { type: "linear", factor: 0.5 } }],
    ["rope_scaling", "llama", { rope_scaling: "linear" }],
    [
      "rope_scaling.high_freq_factor",
      "llama",
      { rope_scaling: { rope_type: "llama3", factor: 8, low_freq_factor: 4, high_freq_factor: 1 } },
    ],
    ["scoring_func", "deepseek", { scoring_func: "sigmoid" }],
    ["num_experts_per_tok", "deepseek", { n_routed_experts: 8, num_experts_per_tok: 9 }],
    ["num_experts_per_tok", "deepseek", { n_routed_experts: 8 }],
    ["n_group", "deepseek_v3", { n_group: 7 }],
    ["topk_group", "deepseek_v3", { topk_group: 9 }],
    ["topk_group", "deepseek_v3", { n_routed_experts: 32, topk_group: 1 }],
    [
      "n_group",
      "deepseek_v2",
      { n_routed_experts: 8, num_experts_per_tok: 2, topk_method: "group_limited_greedy" },
    ],
    ["qk_rope_head_dim", "deepseek_v2", { qk_rope_head_dim: 7 }],
  ])("names %s when its value is wrong for %s", (key, model_type, json) => {
    try {
      parseConfig({ model_type, ...json });
      expect.unreachable();
    } catch (error) {
      expect(LmError.isInstance(error)).toBe(true);
      expect(error).toMatchObject({ code: "ERR_CONFIG", fields: { key } });
      expect((error as Error).message).toContain(key);
    }
  });

  it("takes nothing but an object", () => {
    for (const value of [null, [], "llama", 3])
      expect(() => parseConfig(value)).toThrow(expect.objectContaining({ code: "ERR_CONFIG" }));
  });
});

describe("toHuggingFace", () => {
  const json = {
    model_type: "llama",
    custom: { nested: [1] },
    hidden_size: 64,
    num_attention_heads: 4,
    torch_dtype: "float32",
  };

  it("writes changed fields under the file's own spelling, and keeps unknown keys", () => {
    const config = {
      ...(parseConfig(json) as LlamaConfig),
      dtype: "bfloat16",
      vocabSize: 100,
    } as LlamaConfig;
    expect(toHuggingFace(config)).toEqual({ ...json, torch_dtype: "bfloat16", vocab_size: 100 });
  });

  it("pins down derived values that a change would otherwise move", () => {
    const config: ModelConfig = { ...(parseConfig(json) as LlamaConfig), numAttentionHeads: 8 };
    const written = toHuggingFace(config);
    expect(written).toMatchObject({ num_attention_heads: 8, num_key_value_heads: 4, head_dim: 16 });
    expect({ ...parseConfig(written), source: null }).toEqual({ ...config, source: null });
  });

  it("writes rotary scaling under either spelling so that it is read back", () => {
    const ropeScaling = {
      type: "llama3",
      factor: 8,
      lowFreqFactor: 1,
      highFreqFactor: 4,
      originalMaxPositionEmbeddings: 8192,
    } as const;
    for (const extra of [{}, { rope_parameters: { rope_theta: 5e5, rope_type: "default" } }]) {
      const config = parseConfig({ ...json, ...extra }) as LlamaConfig;
      const written = toHuggingFace({ ...config, ropeScaling, ropeTheta: 2e5 });
      expect(parseConfig(written)).toMatchObject({ ropeScaling, ropeTheta: 2e5 });
      const back = toHuggingFace({ ...(parseConfig(written) as LlamaConfig), ropeScaling: null });
      expect(parseConfig(back)).toMatchObject({ ropeScaling: null, ropeTheta: 2e5 });
    }
  });

  it("rejects a change that makes the configuration wrong", () => {
    const config = { ...(parseConfig(json) as LlamaConfig), vocabSize: -1 };
    expect(() => toHuggingFace(config)).toThrow(/vocab_size/);
  });
});

describe("isMoeLayer", () => {
  it("follows the first dense layers and the frequency", () => {
    const experts = {
      n_routed_experts: 8,
      num_experts_per_tok: 2,
      first_k_dense_replace: 2,
      moe_layer_freq: 3,
    };
    const config = parseConfig({ model_type: "deepseek", ...experts }) as DeepseekConfig;
    expect([0, 1, 2, 3, 4, 5, 6].filter((layer) => isMoeLayer(config, layer))).toEqual([3, 6]);
    expect(isMoeLayer({ ...config, nRoutedExperts: null }, 3)).toBe(false);
    expect(isMoeLayer(parseConfig({ model_type: "llama" }), 3)).toBe(false);
  });
});
