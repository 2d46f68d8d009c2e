import { rotarySize } from "./check-config";
import type { ModelConfig } from "./model-config";
import { ropeFrequencies } from "./rope-frequencies";

/** How files of a family name their expert layers. */
export interface ExpertNames {
  /** The layer in its block. */
  layer: string;
  /** The matrices of one expert. */
  matrices: { gate: string; up: string; down: string };
  /** The shared experts in the layer. */
  shared: string;
}

/**
 * The traits of a family of decoders. The model, its prepared form for generation and the plan of its weights all read
 * it.
 */
export interface FamilyTraits {
  /** Whether keys and values are projected by heads, or from latents that all heads share. */
  attention: "heads" | "latent";
  positions: "rotary" | "learned";
  /** Whether rotation pairs are neighbours, instead of half a head apart. */
  hasNeighbourPairs: boolean;
  /** Biases of queries, keys and values, of attention's output, and of the dense feed-forward part. */
  biases: { qkv: boolean; output: boolean; feedForward: boolean };
  /** Queries and keys normalised per head, over the full width, or not. */
  qkNorm: "head" | "full" | null;
  /** Norms before each part, after it, or both. */
  norms: "before" | "behind" | "both";
  /** Root mean square; the same times 1 + weight; or mean and variance. */
  norm: "rms" | "offset" | "layer";
  /** Whether q, k, v and gate, up are one projection each. */
  isFused: boolean;
  /** act(gate) · up, or act alone. */
  feedForward: "gated" | "plain";
  experts: ExpertNames;
  /** Multiplies the embeddings. */
  embeddingFactor: number;
  /** Logits are cap · tanh(logit / cap); 0: no cap. */
  logitCap: number;
}

const noBiases = { qkv: false, output: false, feedForward: false };

const expertNames: ExpertNames = {
  layer: "mlp",
  matrices: { gate: "gate_proj", up: "up_proj", down: "down_proj" },
  shared: "shared_experts",
};

/** Llama's, from which the others differ. */
const llama: FamilyTraits = {
  attention: "heads",
  positions: "rotary",
  hasNeighbourPairs: false,
  biases: noBiases,
  qkNorm: null,
  norms: "before",
  norm: "rms",
  isFused: false,
  feedForward: "gated",
  experts: expertNames,
  embeddingFactor: 1,
  logitCap: 0,
};

type ConfigOf<Type> = Extract<ModelConfig, { modelType: Type }>;

const attentionBiases = ({ attentionBias: bias }: { attentionBias: boolean }) => ({
  biases: { ...noBiases, qkv: bias, output: bias },
});

const queryBiases = (isUsed: boolean) => ({ biases: { ...noBiases, qkv: isUsed } });

const gemma = (config: ConfigOf<"gemma2" | "gemma3_text">) => ({
  ...attentionBiases(config),
  norms: "both" as const,
  norm: "offset" as const,
  embeddingFactor: Math.fround(Math.sqrt(config.hiddenSize)),
  logitCap: config.finalLogitSoftcapping ?? 0,
});

/** How each family differs from Llama. A new family is a line here and its fields. */
const families: {
  readonly [Type in ModelConfig["modelType"]]: (config: ConfigOf<Type>) => Partial<FamilyTraits>;
} = {
  llama: ({ attentionBias: bias, mlpBias }) => ({
    biases: { qkv: bias, output: bias, feedForward: mlpBias },
  }),
  gpt2: () => ({
    positions: "learned",
    norm: "layer",
    isFused: true,
    feedForward: "plain",
    biases: { qkv: true, output: true, feedForward: true },
  }),
  deepseek: attentionBiases,
  deepseek_v2: (config) => ({
    ...attentionBiases(config),
    attention: "latent",
    hasNeighbourPairs: true,
  }),
  deepseek_v3: (config) => ({
    ...attentionBiases(config),
    attention: "latent",
    hasNeighbourPairs: config.ropeInterleave,
  }),
  qwen2: () => queryBiases(true),
  qwen2_moe: (config) => ({
    ...queryBiases(config.qkvBias),
    experts: { ...expertNames, shared: "shared_expert" },
  }),
  qwen3: (config) => ({ ...attentionBiases(config), qkNorm: "head" }),
  qwen3_moe: (config) => ({ ...attentionBiases(config), qkNorm: "head" }),
  mistral: () => ({}),
  mixtral: () => ({
    experts: {
      ...expertNames,
      layer: "block_sparse_moe",
      matrices: { gate: "w1", up: "w3", down: "w2" },
    },
  }),
  phi3: () => ({ isFused: true }),
  olmo2: (config) => ({ ...attentionBiases(config), qkNorm: "full", norms: "behind" }),
  gemma2: gemma,
  gemma3_text: (config) => ({ ...gemma(config), qkNorm: "head" }),
};

/** The traits of a configuration's family. */
export function familyTraits(config: ModelConfig): FamilyTraits {
  const differences = families[config.modelType] as (config: ModelConfig) => Partial<FamilyTraits>;
  return { ...llama, ...differences(config) };
}

/** How one layer's queries score keys. */
export interface LayerTraits {
  /** Scale of the scores. */
  scale: number;
  /** Number of keys that a query attends to, its own included; 0: all previous ones. */
  window: number;
  /** Scores are cap · tanh(score / cap); 0: no cap. */
  cap: number;
  /** Whether the layer uses the rotary base of layers with a window. */
  isLocal: boolean;
}

/** Whether a layer has the window. */
const isWindowed = (config: ModelConfig, layer: number): boolean =>
  "layerTypes" in config ? config.layerTypes[layer] === "sliding_attention" : true;

function scaleOf(config: ModelConfig, layer: number): number {
  if (config.modelType === "gpt2") {
    const { hiddenSize, numAttentionHeads, scaleAttnWeights, scaleAttnByInverseLayerIdx } = config;
    const scale = scaleAttnWeights ? (hiddenSize / numAttentionHeads) ** -0.5 : 1;
    return scale / (scaleAttnByInverseLayerIdx ? layer + 1 : 1);
  }
  if ("kvLoraRank" in config) {
    const { softmaxMscale } = ropeFrequencies(config);
    return softmaxMscale / Math.sqrt(config.qkNopeHeadDim + config.qkRopeHeadDim);
  }
  const scalar = "queryPreAttnScalar" in config ? config.queryPreAttnScalar : rotarySize(config);
  return scalar ** -0.5;
}

/** The traits of one layer's attention. @param layer from 0 */
export function layerTraits(config: ModelConfig, layer: number): LayerTraits {
  const window = "slidingWindow" in config && isWindowed(config, layer) ? config.slidingWindow : 0;
  return {
    scale: scaleOf(config, layer),
    window: window ?? 0,
    cap: ("attnLogitSoftcapping" in config && config.attnLogitSoftcapping) || 0,
    isLocal: config.modelType === "gemma3_text" && isWindowed(config, layer),
  };
}
