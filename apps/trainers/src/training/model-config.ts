import { type ModelConfig, parseConfig, type Tokenizer } from "@deepgrain/lm";
import type { JobConfig } from "../main-job/job-config";

/** The DeepSeekMoE configuration of a job: first layer dense, the others with routed and shared experts. */
export function modelConfig(
  {
    model,
    pretrain,
    tune,
  }: Pick<JobConfig, "model"> & Record<"pretrain" | "tune", { sequenceLength: number }>,
  tokenizer: Pick<Tokenizer, "vocabSize" | "bosTokenId" | "eosTokenId" | "padTokenId">,
): ModelConfig {
  const longest = Math.max(pretrain.sequenceLength, tune.sequenceLength);
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
    norm_topk_prob: true,
    scoring_func: "softmax",
    aux_loss_alpha: model.balanceAlpha,
    seq_aux: true,
    hidden_act: "silu",
    max_position_embeddings: Math.max(512, longest),
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
