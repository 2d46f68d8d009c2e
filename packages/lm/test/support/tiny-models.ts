/** @file Configurations small enough to train in milliseconds. */
import { parseConfig } from "../../src";

export const tinyLlama = (changes: object = {}) =>
  parseConfig({
    model_type: "llama",
    vocab_size: 31,
    hidden_size: 16,
    intermediate_size: 24,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    max_position_embeddings: 64,
    eos_token_id: null,
    ...changes,
  });

export const tinyGpt2 = (changes: object = {}) =>
  parseConfig({
    model_type: "gpt2",
    vocab_size: 31,
    n_embd: 16,
    n_layer: 2,
    n_head: 2,
    n_positions: 64,
    ...changes,
  });

/** The shape of DeepSeekMoE: a dense layer, then one of experts with balance losses. */
export const tinyDeepseek = (changes: object = {}) =>
  parseConfig({
    model_type: "deepseek",
    vocab_size: 31,
    hidden_size: 16,
    intermediate_size: 24,
    moe_intermediate_size: 8,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 2,
    n_routed_experts: 8,
    n_shared_experts: 1,
    num_experts_per_tok: 2,
    moe_layer_freq: 1,
    first_k_dense_replace: 1,
    norm_topk_prob: true,
    scoring_func: "softmax",
    aux_loss_alpha: 0.01,
    seq_aux: true,
    max_position_embeddings: 64,
    eos_token_id: null,
    ...changes,
  });

export const tinyDeepseekV2 = (changes: object = {}) =>
  parseConfig({
    model_type: "deepseek_v2",
    vocab_size: 31,
    hidden_size: 16,
    intermediate_size: 24,
    moe_intermediate_size: 8,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 2,
    n_routed_experts: 8,
    n_shared_experts: 1,
    num_experts_per_tok: 2,
    first_k_dense_replace: 1,
    q_lora_rank: 12,
    kv_lora_rank: 8,
    qk_nope_head_dim: 6,
    qk_rope_head_dim: 4,
    v_head_dim: 6,
    topk_method: "group_limited_greedy",
    n_group: 4,
    topk_group: 2,
    routed_scaling_factor: 2,
    max_position_embeddings: 64,
    eos_token_id: null,
    ...changes,
  });

export const tinyDeepseekV3 = (changes: object = {}) =>
  parseConfig({
    ...tinyDeepseekV2().source,
    model_type: "deepseek_v3",
    scoring_func: "sigmoid",
    topk_method: "noaux_tc",
    norm_topk_prob: true,
    routed_scaling_factor: 2.5,
    ...changes,
  });

/** Data in which each token is decided by the one before, so that a few steps teach something. */
export const countingData = (vocabulary: number) => ({
  batch: (position: number) => {
    const [batch, length] = [4, 12];
    const ids = Int32Array.from(
      { length: batch * length },
      (_, i) => (Math.floor(i / length) * 7 + position + (i % length)) % vocabulary,
    );
    return { ids, batch, length };
  },
});
