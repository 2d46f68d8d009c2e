// The Llama-shaped models of the inference part: sizes alone, weights are drawn.
const llama = (hidden, layers, heads, inner) => ({
  model_type: "llama",
  vocab_size: 32000,
  hidden_size: hidden,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  num_key_value_heads: heads,
  intermediate_size: inner,
  max_position_embeddings: 2048,
  tie_word_embeddings: true,
  rms_norm_eps: 1e-5,
  eos_token_id: null,
});

export const shapes = {
  "260K": { ...llama(64, 5, 8, 172), num_key_value_heads: 4, vocab_size: 512 },
  "15M": llama(288, 6, 6, 768),
  "30M mixture": {
    ...llama(256, 6, 8, 1024),
    model_type: "deepseek",
    n_routed_experts: 16,
    n_shared_experts: 1,
    num_experts_per_tok: 4,
    moe_intermediate_size: 256,
    first_k_dense_replace: 0,
    moe_layer_freq: 1,
    norm_topk_prob: false,
    scoring_func: "softmax",
  },
  "110M": llama(768, 12, 12, 2048),
};

/** Token ids without pattern. */
export const promptOf = (length, vocabulary, from = 11) =>
  Array.from({ length }, (_, i) => (i * 7919 + from) % vocabulary);
