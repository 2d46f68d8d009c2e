import type { ConfigDtype, JsonObject } from "./field";
import type { LayerType } from "./layer-types";
import type { RopeScaling } from "./rope-scaling";

/** Activation functions; `"swish"` is another name of `"silu"`. */
export type Activation = "silu" | "gelu" | "gelu_new" | "gelu_pytorch_tanh" | "relu";

/** Fields that every decoder has. Meanings and defaults are those of the Hugging Face configuration classes. */
export interface BaseConfig {
  /** Class names for other readers (`architectures`). */
  architectures: readonly string[];
  /** Element type of the stored weights; `null` when the file does not say. */
  dtype: ConfigDtype | null;
  /** Tokens in the vocabulary; the logits of a batch are often the largest tensor of a step. */
  vocabSize: number;
  /** Width of the residual stream. */
  hiddenSize: number;
  /** Inner width of a dense feed-forward layer. */
  intermediateSize: number;
  /** Decoder blocks. */
  numHiddenLayers: number;
  /** Attention heads; divides `hiddenSize` unless a head size is given. */
  numAttentionHeads: number;
  /** The longest sequence the model takes, in tokens. */
  maxPositionEmbeddings: number;
  /** Activation of the feed-forward layers. Default `"silu"`, GPT-2 `"gelu_new"`. */
  hiddenAct: Activation;
  /** Share of attention probabilities zeroed while training. Default 0, GPT-2 0.1. */
  attentionDropout: number;
  /** Standard deviation of the initial weights. */
  initializerRange: number;
  /** Whether the output head shares the embedding's weights. */
  tieWordEmbeddings: boolean;
  /** Token at the start of a text. */
  bosTokenId: number | null;
  /** Token or tokens that end a text; `generate` stops there. */
  eosTokenId: number | readonly number[] | null;
  /** Token that fills shorter texts of a batch. */
  padTokenId: number | null;
  /** The config.json this came from; {@link toHuggingFace} keeps its unknown keys. */
  source: JsonObject;
  /** Keys of `source` that the family's class does not have (`rope_scaling.key` inside of it): kept, they change nothing. */
  unknownKeys: readonly string[];
}

/** Decoders with rotary positions and RMSNorm. */
export interface RotaryConfig extends BaseConfig {
  /** Heads of keys and values. Fewer shrink the cache in proportion. Default: all heads. */
  numKeyValueHeads: number;
  /** Added under the root of RMSNorm; keep the value of a checkpoint. Default 1e-6. */
  rmsNormEps: number;
  /** Base of the rotary frequencies; larger for longer contexts. Default 10,000. */
  ropeTheta: number;
  /** Extends the context beyond what was trained: linear, dynamic, llama3 or YaRN, by family. Default null. */
  ropeScaling: RopeScaling | null;
  /** Whether the attention projections have biases. */
  attentionBias: boolean;
}

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

/** Mixture-of-experts layers. Layer `i` has experts where {@link isMoeLayer} says so. */
export interface MixtureModelConfig extends RotaryConfig {
  /** Inner width of one expert. */
  moeIntermediateSize: number;
  /** Experts that every token passes; `null`: none. */
  nSharedExperts: number | null;
  /** Experts to choose from; `null`: all layers are dense. */
  nRoutedExperts: number | null;
  /** Routed experts per token. */
  numExpertsPerTok: number | null;
  /** One in this many layers has experts. */
  moeLayerFreq: number;
  /** How many of the first layers are dense. */
  firstKDenseReplace: number;
  /** Whether the chosen experts' weights are normalised to sum to 1. */
  normTopkProb: boolean;
  /** Function from router logits to scores; `scoring` of `@deepgrain/moe`. Default `"softmax"`, V3 `"sigmoid"`. */
  scoringFunc: "softmax" | "sigmoid";
  /** Weight of the balance loss. */
  auxLossAlpha: number;
  /** Weight of the router z-loss, for training; `router_z_loss_coef`, a key of this package's own. Default 0. */
  zLossAlpha: number;
  /** Whether the balance loss is taken per sequence. */
  seqAux: boolean;
}

/** Further balance losses, for training. The keys are this package's own: published configurations do not name them. */
export interface DeviceLossConfig extends MixtureModelConfig {
  /** Weight of the balance loss over devices, α₂; `device_loss_alpha`, default 0. */
  deviceLossAlpha: number;
  /** Weight of the communication balance loss, α₃; `communication_loss_alpha`, default 0. */
  communicationLossAlpha: number;
  /** Devices that these losses spread the experts over; `loss_devices`, default the groups of experts (`n_group`). */
  lossDevices: number | null;
}

/** DeepSeekMoE. */
export interface DeepseekConfig extends DeviceLossConfig {
  modelType: "deepseek";
}

/** Multi-head latent attention and grouped routing. */
export interface MlaConfig extends DeviceLossConfig {
  /** Width of the compressed query; `null`: queries are not compressed. */
  qLoraRank: number | null;
  /** Width of the compressed keys and values. */
  kvLoraRank: number;
  /** Part of a query or key head without positions. */
  qkNopeHeadDim: number;
  /** Rotated part of a query or key head. */
  qkRopeHeadDim: number;
  /** Size of a value head. Default 128. */
  vHeadDim: number;
  /** How experts are picked; `method` of `@deepgrain/moe`. Default `"greedy"`, V3 `"noaux_tc"`. */
  topkMethod: "greedy" | "group_limited_greedy" | "noaux_tc";
  /** Groups of routed experts; `null`: one. */
  nGroup: number | null;
  /** Groups a token may use. */
  topkGroup: number | null;
  /** Multiplies the routed experts' weights. */
  routedScalingFactor: number;
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

/** Fields that the dense families other than Llama share. */
export interface DenseConfig extends RotaryConfig {
  /** Size of a head. Default `hiddenSize` / `numAttentionHeads`, or the family's own. */
  headDim: number;
}

/** Families in which layers may attend only to the last few positions. */
export interface WindowedConfig extends DenseConfig {
  /** Number of positions that a query of a layer with a window attends to, its own included; `null`: all. */
  slidingWindow: number | null;
}

/** Which layers have the window. */
export interface LayerTypesConfig extends WindowedConfig {
  layerTypes: readonly LayerType[];
}

/** Qwen's window, which is off unless a flag says otherwise. */
export interface QwenWindowConfig extends LayerTypesConfig {
  /** Whether `slidingWindow` is used. Default false. */
  useSlidingWindow: boolean;
  /** First layer with the window. Default 28. */
  maxWindowLayers: number;
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
}

/** OLMo 2: norms after attention and feed-forward parts; queries and keys normalised over their full width. */
export interface Olmo2Config extends DenseConfig {
  modelType: "olmo2";
}

/** Fields that the Gemma families share: embeddings times √hidden, norms with 1 + weight on both sides. */
export interface GemmaConfig extends LayerTypesConfig {
  /** Scores are multiplied by this to the power of −½. */
  queryPreAttnScalar: number;
  /** Attention scores become cap · tanh(score / cap); `null`: no cap. */
  attnLogitSoftcapping: number | null;
  /** The same for logits. */
  finalLogitSoftcapping: number | null;
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

/** Mixtures whose balance loss is computed over all layers together, if the file asks for it. */
export interface JointBalanceConfig extends MixtureModelConfig {
  headDim: number;
  slidingWindow: number | null;
  /** Whether `loss` adds `auxLossAlpha` times the balance loss. Default false. */
  outputRouterLogits: boolean;
}

/** Mixtral. */
export interface MixtralConfig extends JointBalanceConfig {
  modelType: "mixtral";
}

/** Fields that Qwen's mixtures share. */
export interface QwenMoeConfig extends JointBalanceConfig {
  layerTypes: readonly LayerType[];
  useSlidingWindow: boolean;
  maxWindowLayers: number;
  /** One in this many layers has experts. Default 1. */
  decoderSparseStep: number;
  /** Further layers that are dense. */
  mlpOnlyLayers: readonly number[];
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
  | Olmo2Config;

/** Decoders with rotary positions: all but GPT-2. */
export type RotaryModelConfig = Exclude<ModelConfig, { modelType: "gpt2" }>;
