import type { ModelConfig } from "./model-config";

/** Numbers that generation caches per token, over all layers. */
export interface CacheNumbers {
  /** As this package caches: keys and values, or latents and rotated keys. */
  cached: number;
  /** Keys and values of all heads, as latent attention would cache them naively; the same as `cached` otherwise. */
  expanded: number;
}

/**
 * The number of values that generation caches per token of a sequence. Latent attention caches r + d_rope per layer
 * instead of heads · (d_nope + d_rope + d_v).
 *
 * @see DeepSeek-V2 2024, table 1
 */
export function cacheNumbers(config: ModelConfig): CacheNumbers {
  const { numHiddenLayers: layers, numAttentionHeads: heads } = config;
  if ("kvLoraRank" in config) {
    const { kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim } = config;
    return {
      cached: layers * (kvLoraRank + qkRopeHeadDim),
      expanded: layers * heads * (qkNopeHeadDim + qkRopeHeadDim + vHeadDim),
    };
  }
  const size = "headDim" in config ? config.headDim : config.hiddenSize / heads;
  const keyHeads = config.modelType === "gpt2" ? heads : config.numKeyValueHeads;
  const numbers = 2 * layers * keyHeads * size;
  return { cached: numbers, expanded: numbers };
}
