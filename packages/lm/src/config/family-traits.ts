import { headSize } from "./check-config";
import { families as described } from "./families";
import { attentionBiases, expertNames, type FamilyTraits, noBiases } from "./family";
import type { ModelConfig } from "./model-config";
import { ropeFrequencies } from "./rope-frequencies";

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
  residualFactor: 1,
  logitDivisor: 1,
  logitCap: 0,
};

type ConfigOf<Type> = Extract<ModelConfig, { modelType: Type }>;

const queryBiases = (isUsed: boolean) => ({ biases: { ...noBiases, qkv: isUsed } });

const gemma = (config: ConfigOf<"gemma2" | "gemma3_text">) => ({
  ...attentionBiases(config),
  norms: "both" as const,
  norm: "offset" as const,
  embeddingFactor: Math.fround(Math.sqrt(config.hiddenSize)),
  logitCap: config.finalLogitSoftcapping ?? 0,
});

/** How each family differs from Llama. */
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
  olmoe: described.olmoe.traits,
  granite: described.granite.traits,
  granitemoe: described.granitemoe.traits,
  smollm3: described.smollm3.traits,
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
  /** Whether queries and keys are rotated; false also where positions are learned. */
  isRotated: boolean;
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
  if ("attentionMultiplier" in config) return config.attentionMultiplier;
  const scalar = "queryPreAttnScalar" in config ? config.queryPreAttnScalar : headSize(config);
  return scalar ** -0.5;
}

const isRotary = (config: ModelConfig) => familyTraits(config).positions === "rotary";

/** The traits of one layer's attention. @param layer from 0 */
export function layerTraits(config: ModelConfig, layer: number): LayerTraits {
  const window = "slidingWindow" in config && isWindowed(config, layer) ? config.slidingWindow : 0;
  return {
    scale: scaleOf(config, layer),
    window: window ?? 0,
    cap: ("attnLogitSoftcapping" in config && config.attnLogitSoftcapping) || 0,
    isRotated: "noRopeLayers" in config ? config.noRopeLayers[layer] === 1 : isRotary(config),
    isLocal: config.modelType === "gemma3_text" && isWindowed(config, layer),
  };
}
