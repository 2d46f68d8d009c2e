/** @file Configurations of models small enough to train in milliseconds, in the form of Hugging Face's `config.json`. */

const layers = { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 2 };
const causal = { vocab_size: 31, max_position_embeddings: 64, eos_token_id: null };
const experts = {
  moe_intermediate_size: 8,
  num_attention_heads: 2,
  num_key_value_heads: 2,
  n_routed_experts: 8,
  n_shared_experts: 1,
  num_experts_per_tok: 2,
  first_k_dense_replace: 1,
};
const latent = {
  ...causal,
  ...layers,
  ...experts,
  q_lora_rank: 12,
  kv_lora_rank: 8,
  qk_nope_head_dim: 6,
  qk_rope_head_dim: 4,
  v_head_dim: 6,
  n_group: 4,
  topk_group: 2,
};

const families = {
  llama: { ...causal, ...layers, num_attention_heads: 4, num_key_value_heads: 2 },
  gpt2: { vocab_size: 31, n_embd: 16, n_layer: 2, n_head: 2, n_positions: 64 },
  /** Windows, caps and normalised queries: attention step by step. */
  gemma2: {
    vocab_size: 31,
    max_position_embeddings: 64,
    ...layers,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 4,
    sliding_window: 4,
    query_pre_attn_scalar: 4,
    attn_logit_softcapping: 50,
    final_logit_softcapping: 30,
  },
  /** The shape of DeepSeekMoE: a dense layer, then one of experts with balance losses. */
  deepseek: {
    ...causal,
    ...layers,
    ...experts,
    moe_layer_freq: 1,
    norm_topk_prob: true,
    scoring_func: "softmax",
    aux_loss_alpha: 0.01,
    seq_aux: true,
  },
  deepseek_v2: { ...latent, topk_method: "group_limited_greedy", routed_scaling_factor: 2 },
  deepseek_v3: {
    ...latent,
    scoring_func: "sigmoid",
    topk_method: "noaux_tc",
    norm_topk_prob: true,
    routed_scaling_factor: 2.5,
  },
  bert: { vocab_size: 40, ...layers, num_attention_heads: 4, max_position_embeddings: 12 },
};

/** The configuration of a family's tiny model. @param changes replace its fields */
export const tinyConfig = (family: keyof typeof families, changes: object = {}) => ({
  model_type: family,
  ...families[family],
  ...changes,
});
