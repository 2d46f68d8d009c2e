import { type ModelConfig, parseConfig, type Tokenizer } from "@deepgrain/lm";
import type { SmallMixture } from "../small-mixture";

/**
 * A small DeepSeekMoE: first layer dense, the others with routed and shared experts.
 * @param options.positions tokens that a sequence may have
 * @param options.seqAux whether loads are balanced in each sequence, else over the batch. Default true
 * @param options.normTopkProb whether the gates of the chosen experts sum to 1. Default false, as in DeepSeekMoE: llama.cpp
 *   does not normalise them
 */
export function modelConfig(
  model: SmallMixture,
  tokenizer: Pick<Tokenizer, "vocabSize" | "bosTokenId" | "eosTokenId" | "padTokenId">,
  {
    positions,
    seqAux = true,
    normTopkProb = false,
  }: { positions: number; seqAux?: boolean; normTopkProb?: boolean },
): ModelConfig {
  return parseConfig({
    architectures: ["DeepseekForCausalLM"],
    model_type: "deepseek",
    vocab_size: tokenizer.vocabSize,
    hidden_size: model.hiddenSize,
    intermediate_size: model.denseSize,
    moe_intermediate_size: model.expertSize,
    num_hidden_layers: model.layers,
    num_attention_heads: model.heads,
    num_key_value_heads: model.heads,
    n_shared_experts: model.sharedExperts,
    n_routed_experts: model.experts,
    num_experts_per_tok: model.topK,
    moe_layer_freq: 1,
    first_k_dense_replace: 1,
    norm_topk_prob: normTopkProb,
    scoring_func: "softmax",
    aux_loss_alpha: model.balanceAlpha,
    seq_aux: seqAux,
    hidden_act: "silu",
    max_position_embeddings: positions,
    initializer_range: model.initStd,
    rms_norm_eps: 1e-6,
    rope_theta: 10_000,
    rope_scaling: null,
    attention_bias: false,
    tie_word_embeddings: false,
    bos_token_id: tokenizer.bosTokenId,
    eos_token_id: tokenizer.eosTokenId,
    pad_token_id: tokenizer.padTokenId,
    torch_dtype: "float32",
  });
}
