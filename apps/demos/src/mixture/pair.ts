import { CausalLM, type ModelConfig, modelShape, parseConfig } from "@deepgrain/lm";
import { countFlops, countParameters } from "@deepgrain/moe";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { type Kind, LAYERS } from "./pair-names";

/** Bytes of a sequence. */
export const LENGTH = 128;
/** Width of a coarse expert; a fine one has a quarter of it. */
const INNER = 96;

const experts = {
  coarse: { n_routed_experts: 8, num_experts_per_tok: 2, moe_intermediate_size: INNER },
  fine: {
    n_routed_experts: 31,
    num_experts_per_tok: 7,
    n_shared_experts: 1,
    moe_intermediate_size: INNER / 4,
  },
};

/** The configuration of a model, as its file has it. */
export const rawConfigOf = (kind: Kind) => ({
  model_type: "deepseek",
  vocab_size: 256,
  hidden_size: 48,
  num_hidden_layers: LAYERS,
  num_attention_heads: 4,
  max_position_embeddings: LENGTH,
  aux_loss_alpha: 0.01,
  seq_aux: false,
  initializer_range: 0.06,
  ...experts[kind],
});

/**
 * GShard's experts and DeepSeekMoE's, of equal size and cost: eight experts of which a byte passes two, or those cut into
 * four, one of them shared by all, of which it passes eight.
 * @see DeepSeekMoE (Dai et al. 2024), section 3
 */
export const configOf = (kind: Kind): ModelConfig => parseConfig(rawConfigOf(kind));

/** Weights of a model, and floating-point operations per byte, forward and backward. */
export function sizeOf(kind: Kind): { weights: number; flops: number } {
  const shape = modelShape(configOf(kind));
  return { weights: countParameters(shape).total, flops: countFlops(shape, LENGTH) / LENGTH };
}

/** A model with fresh weights. */
export function createModel(kind: Kind, seed: number): CausalLM {
  manualSeed(seed);
  return new CausalLM(configOf(kind));
}
