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

/** Fields that the Gemma families share: embeddings times √hidden, norms with 1 + weight on both sides. */
export interface GemmaConfig extends LayerTypesConfig {
  /** Scores are multiplied by this to the power of −½. */
  queryPreAttnScalar: number;
  /** Attention scores become cap · tanh(score / cap); `null`: no cap. */
  attnLogitSoftcapping: number | null;
  /** The same for logits. */
  finalLogitSoftcapping: number | null;
}

/** Mixtures whose balance loss is computed over all layers together, if the file asks for it. */
export interface JointBalanceConfig extends MixtureModelConfig {
  headDim: number;
  slidingWindow: number | null;
  /** Whether `loss` adds `auxLossAlpha` times the balance loss. Default false. */
  outputRouterLogits: boolean;
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
