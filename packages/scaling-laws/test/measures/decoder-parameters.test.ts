import { describe, expect, it } from "vitest";
import { configScale, decoderParameters } from "../../src/index";

describe("decoderParameters", () => {
  it("counts DeepSeek LLM 7B and 67B to the parameter", () => {
    const vocab = 102_400;
    const small = { layers: 30, width: 4096, heads: 32, intermediate: 11_008, vocab };
    const large = { layers: 95, width: 8192, heads: 64, kvHeads: 8, intermediate: 22_016, vocab };
    expect(decoderParameters(small).total).toBe(6_910_365_696);
    expect(decoderParameters(large).total).toBe(67_425_001_472);
  });

  it("counts a case worked by hand: one layer of width 4, two heads, one of keys, inner width 3, five tokens", () => {
    // q 16, k 8, v 8, o 16; three matrices of 12; two norms of 4; last norm 4; two vocabulary matrices of 20
    const counted = decoderParameters({
      layers: 1,
      width: 4,
      heads: 2,
      kvHeads: 1,
      intermediate: 3,
      vocab: 5,
    });
    expect(counted).toEqual({ total: 136, vocabulary: 40, nonEmbedding: 96, attentionWidth: 4 });
  });

  it("counts a tied vocabulary once", () => {
    const sizes = { layers: 1, width: 4, heads: 2, intermediate: 3, vocab: 5 };
    expect(decoderParameters(sizes).total - decoderParameters({ ...sizes, tied: true }).total).toBe(
      20,
    );
  });

  it("asks for headWidth where the heads do not divide the width", () => {
    const sizes = { layers: 1, width: 10, heads: 3, intermediate: 3, vocab: 5 };
    expect(() => decoderParameters(sizes)).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT" }),
    );
    expect(decoderParameters({ ...sizes, headWidth: 4 }).attentionWidth).toBe(12);
    expect(() => decoderParameters({ ...sizes, layers: 1.5 })).toThrow(
      /layers must be a whole number/,
    );
  });
});

const moe = { model_type: "deepseek", moe_layer_freq: 1, first_k_dense_replace: 1 };

describe("configScale", () => {
  it("counts what a token passes in a DeepSeekMoE: 1,035,392 with its vocabulary, as our trainer counted", () => {
    const sizes = {
      vocab_size: 1024,
      hidden_size: 128,
      num_hidden_layers: 4,
      intermediate_size: 352,
    };
    const heads = { num_attention_heads: 4, num_key_value_heads: 4 };
    const experts = {
      n_routed_experts: 16,
      n_shared_experts: 1,
      num_experts_per_tok: 4,
      moe_intermediate_size: 64,
    };
    const { activated } = configScale({ ...moe, ...sizes, ...heads, ...experts });
    expect(activated + 2 * 1024 * 128).toBe(1_035_392);
  });

  it("counts DeepSeekMoE 16B's activated parameters: 2,828,650,496 with its vocabulary", () => {
    const sizes = {
      vocab_size: 102_400,
      hidden_size: 2048,
      num_hidden_layers: 28,
      intermediate_size: 10_944,
    };
    const experts = {
      n_routed_experts: 64,
      n_shared_experts: 2,
      num_experts_per_tok: 6,
      moe_intermediate_size: 1408,
    };
    const { activated } = configScale({ ...moe, ...sizes, ...experts, num_attention_heads: 16 });
    expect(activated + 2 * 102_400 * 2048).toBe(2_828_650_496);
  });

  it("counts GPT-2 small: 124,439,808 parameters with its two embeddings", () => {
    const scale = configScale({
      model_type: "gpt2",
      n_embd: 768,
      n_layer: 12,
      n_head: 12,
      vocab_size: 50_257,
    });
    expect(scale.activated + (50_257 + 1024) * 768).toBe(124_439_808);
  });

  it("names a family that it cannot count, and a size that is missing", () => {
    expect(() => configScale({ model_type: "mamba" })).toThrow(
      expect.objectContaining({ code: "ERR_UNSUPPORTED", fields: { modelType: "mamba" } }),
    );
    expect(() => configScale({ model_type: "llama", hidden_size: 8 })).toThrow(
      /num_hidden_layers must be a whole number of at least 1/,
    );
  });
});
