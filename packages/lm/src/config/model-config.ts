import type {
  BaseConfig,
  DenseConfig,
  DeviceLossConfig,
  GemmaConfig,
  JointBalanceConfig,
  MlaConfig,
  QwenMoeConfig,
  QwenWindowConfig,
  RotaryConfig,
  WindowedConfig,
} from "./base-config";
import type { GraniteConfig } from "./families/granite";
import type { GraniteMoeConfig } from "./families/granitemoe";
import type { OlmoeConfig } from "./families/olmoe";
import type { Smollm3Config } from "./families/smollm3";

/** Llama and models with the same architecture. */
export interface LlamaConfig extends RotaryConfig {
  modelType: "llama";
  /** Size of a head. Default `hiddenSize` / `numAttentionHeads`. */
  headDim: number;
  /** Whether the feed-forward layers have biases. Default false. */
  mlpBias: boolean;
}

/** GPT-2: learned positions, LayerNorm, biases everywhere. */
export interface Gpt2Config extends BaseConfig {
  modelType: "gpt2";
  /** Added under the root of LayerNorm (`layer_norm_epsilon`). Default 1e-5. */
  layerNormEps: number;
  /** Share of the embeddings zeroed while training (`embd_pdrop`). Default 0.1. */
  embeddingDropout: number;
  /** Share of the block outputs zeroed while training (`resid_pdrop`). Default 0.1. */
  residualDropout: number;
  /** Divides attention scores by √(head size). */
  scaleAttnWeights: boolean;
  /** Divides attention scores by the layer's number, from 1, as well. */
  scaleAttnByInverseLayerIdx: boolean;
  /** Computes attention scores in float32 with the scaling applied first. */
  reorderAndUpcastAttn: boolean;
}

/** DeepSeekMoE. */
export interface DeepseekConfig extends DeviceLossConfig {
  modelType: "deepseek";
}

/** DeepSeek-V2 and DeepSeek-Coder-V2. */
export interface DeepseekV2Config extends MlaConfig {
  modelType: "deepseek_v2";
}

/** DeepSeek-V3. */
export interface DeepseekV3Config extends MlaConfig {
  modelType: "deepseek_v3";
  /** Extra layers that predict further tokens; not needed for next-token prediction. */
  numNextnPredictLayers: number;
  /** Whether rotation pairs are neighbours in the stored weights. */
  ropeInterleave: boolean;
}

/** Qwen2 and Qwen2.5: biases on queries, keys and values. */
export interface Qwen2Config extends QwenWindowConfig {
  modelType: "qwen2";
}

/** Qwen3: queries and keys are normalised head by head. */
export interface Qwen3Config extends QwenWindowConfig {
  modelType: "qwen3";
}

/** Mistral: every layer has the window. */
export interface MistralConfig extends WindowedConfig {
  modelType: "mistral";
}

/** Phi-3: one projection for queries, keys and values, one for gate and up. */
export interface Phi3Config extends WindowedConfig {
  modelType: "phi3";
  /** Share of a head that is rotated. Default 1. */
  partialRotaryFactor: number;
}

/** OLMo 2: norms after attention and feed-forward parts; queries and keys normalised over their full width. */
export interface Olmo2Config extends DenseConfig {
  modelType: "olmo2";
}

/** Gemma 2. */
export interface Gemma2Config extends GemmaConfig {
  modelType: "gemma2";
}

/** Gemma 3, the text model: queries and keys are normalised, and layers with a window have their own rotary base. */
export interface Gemma3Config extends GemmaConfig {
  modelType: "gemma3_text";
  /** Base of the rotary frequencies in windowed layers. Default 10,000. */
  ropeLocalBaseFreq: number;
}

/** Mixtral. */
export interface MixtralConfig extends JointBalanceConfig {
  modelType: "mixtral";
}

/** Qwen1.5-MoE and Qwen2-MoE: a shared expert behind a gate of its own. */
export interface Qwen2MoeConfig extends QwenMoeConfig {
  modelType: "qwen2_moe";
  /** Whether queries, keys and values have biases. Default true. */
  qkvBias: boolean;
  /** Inner width of the shared expert. */
  sharedExpertIntermediateSize: number;
}

/** Qwen3-MoE. */
export interface Qwen3MoeConfig extends QwenMoeConfig {
  modelType: "qwen3_moe";
}

/** A validated model configuration; discriminated by `modelType`. */
export type ModelConfig =
  | LlamaConfig
  | Gpt2Config
  | DeepseekConfig
  | DeepseekV2Config
  | DeepseekV3Config
  | Qwen2Config
  | Qwen3Config
  | Qwen2MoeConfig
  | Qwen3MoeConfig
  | MistralConfig
  | MixtralConfig
  | Gemma2Config
  | Gemma3Config
  | Phi3Config
  | Olmo2Config
  | OlmoeConfig
  | GraniteConfig
  | GraniteMoeConfig
  | Smollm3Config;

/** Decoders with rotary positions: all but GPT-2. */
export type RotaryModelConfig = Exclude<ModelConfig, { modelType: "gpt2" }>;
