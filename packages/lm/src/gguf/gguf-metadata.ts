/** @file What the head of a GGUF file says of a model, by the keys that llama.cpp reads. */
import {
  families,
  type GgufForm,
  headSize,
  type MixtureModelConfig,
  type ModelConfig,
  type RotaryModelConfig,
  ropeFrequencies,
  rotarySize,
  toHuggingFace,
} from "../config";
import { LmError } from "../errors";
import { bool, float32, type TypedValue, text, uint32 } from "./encode-gguf";

/** llama.cpp's name of each family that it reads. */
const architectureNames: Readonly<Partial<Record<ModelConfig["modelType"], string>>> = {
  llama: "llama",
  mistral: "llama",
  mixtral: "llama",
  qwen2: "qwen2",
  qwen3: "qwen3",
  qwen2_moe: "qwen2moe",
  qwen3_moe: "qwen3moe",
  gemma2: "gemma2",
  gemma3_text: "gemma3",
  phi3: "phi3",
  olmo2: "olmo2",
  deepseek: "deepseek",
  deepseek_v2: "deepseek2",
  deepseek_v3: "deepseek2",
  ...Object.fromEntries(
    Object.entries(families).map(([modelType, { gguf }]) => [modelType, gguf.architecture]),
  ),
};

/**
 * The architecture under which a model is written.
 * @throws {LmError} `ERR_CONFIG` for a family without one, and for Mistral's window, which llama.cpp's Llama lacks
 */
export function architectureNameOf(config: ModelConfig): string {
  const { modelType, maxPositionEmbeddings: longest } = config;
  const window = modelType === "mistral" ? (config.slidingWindow ?? longest) : longest;
  if (window < longest)
    throw new LmError(
      "ERR_CONFIG",
      `lm/saveGguf: llama.cpp runs mistral without its sliding window of ${window}, so sequences may have at most ${window} tokens, got ${longest} (max_position_embeddings)`,
      { fields: { key: "sliding_window", window, longest } },
    );
  const name = architectureNames[modelType];
  if (name !== undefined) return name;
  throw new LmError(
    "ERR_CONFIG",
    `lm/saveGguf: the model must be of ${Object.keys(architectureNames).join(", ")}, got ${modelType}`,
    { fields: { modelType } },
  );
}

/** The description of a family in one piece; undefined for the others. */
const describedForm = (modelType: string): GgufForm | undefined =>
  (families as Readonly<Record<string, { gguf: GgufForm }>>)[modelType]?.gguf;

type Values = Record<string, TypedValue | undefined>;

/** Sizes of the heads. */
function attentionValues(config: RotaryModelConfig): Values {
  if (!("kvLoraRank" in config))
    return {
      "attention.key_length": uint32(headSize(config)),
      "attention.value_length": uint32(headSize(config)),
      "rope.dimension_count": uint32(rotarySize(config)),
    };
  const { qLoraRank, kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim } = config;
  return {
    "attention.q_lora_rank": qLoraRank === null ? undefined : uint32(qLoraRank),
    "attention.kv_lora_rank": uint32(kvLoraRank),
    "attention.key_length": uint32(qkNopeHeadDim + qkRopeHeadDim),
    "attention.value_length": uint32(vHeadDim),
    "rope.dimension_count": uint32(qkRopeHeadDim),
  };
}

function expertValues(config: MixtureModelConfig & ModelConfig): Values {
  const isDeepseek = config.modelType.startsWith("deepseek");
  const isSigmoid = "scoringFunc" in config && config.scoringFunc === "sigmoid";
  const groups = "nGroup" in config ? (config.nGroup ?? 1) : 1;
  if (config.modelType === "deepseek" && config.normTopkProb)
    throw new LmError(
      "ERR_CONFIG",
      "lm/saveGguf: norm_topk_prob must be false, as llama.cpp's deepseek does not normalise the weights of the chosen experts, got true",
      { fields: { key: "norm_topk_prob" } },
    );
  return {
    expert_count: uint32(config.nRoutedExperts!),
    expert_used_count: uint32(config.numExpertsPerTok!),
    expert_feed_forward_length:
      config.modelType === "mixtral" ? undefined : uint32(config.moeIntermediateSize),
    expert_shared_feed_forward_length:
      config.modelType === "qwen2_moe" ? uint32(config.sharedExpertIntermediateSize) : undefined,
    ...(isDeepseek
      ? {
          expert_shared_count: uint32(config.nSharedExperts ?? 0),
          expert_weights_scale: float32(
            "routedScalingFactor" in config ? config.routedScalingFactor : 1,
          ),
          expert_weights_norm: bool(config.normTopkProb),
          expert_gating_func: uint32(isSigmoid ? 2 : 1),
          expert_group_count: groups > 1 ? uint32(groups) : undefined,
          expert_group_used_count:
            groups > 1 && "topkGroup" in config ? uint32(config.topkGroup ?? 1) : undefined,
          leading_dense_block_count: uint32(config.firstKDenseReplace),
        }
      : {}),
  };
}

/** Scaling of rotary positions. Llama 3's and LongRoPE's factors are tensors of the file. */
function scalingValues(config: RotaryModelConfig): Values {
  const { ropeScaling: scaling } = config;
  if (scaling === null || scaling.type === "llama3") return {};
  if (scaling.type === "dynamic")
    throw new LmError("ERR_CONFIG", "lm/saveGguf: llama.cpp has no dynamic scaling of positions", {
      fields: { key: "rope_scaling" },
    });
  const shared = {
    "rope.scaling.type": text(scaling.type),
    "rope.scaling.factor": float32(scaling.factor),
  };
  if (scaling.type === "linear") return shared;
  const trained = {
    "rope.scaling.original_context_length": uint32(scaling.originalMaxPositionEmbeddings),
  };
  if (scaling.type === "longrope") {
    const { attentionFactor } = ropeFrequencies(config);
    return { ...trained, "rope.scaling.attn_factor": float32(attentionFactor) };
  }
  const isLatent = "kvLoraRank" in config;
  return {
    ...shared,
    ...trained,
    "rope.scaling.yarn_beta_fast": float32(scaling.betaFast),
    "rope.scaling.yarn_beta_slow": float32(scaling.betaSlow),
    "rope.scaling.yarn_log_multiplier": isLatent ? float32(0.1 * scaling.mscaleAllDim) : undefined,
  };
}

/** The numbers that only the family's own description names. */
function describedValues(config: ModelConfig): Values {
  const numbers = describedForm(config.modelType)?.numbers ?? {};
  const json = toHuggingFace(config, { complete: true });
  return Object.fromEntries(
    Object.entries(numbers).map(([name, { key, type }]) => [
      key,
      (type === "uint32" ? uint32 : float32)(json[name] as number),
    ]),
  );
}

const isMixture = (config: ModelConfig): config is MixtureModelConfig & ModelConfig =>
  "nRoutedExperts" in config && config.nRoutedExperts !== null;

const number = (value: number | null | undefined, as: (value: number) => TypedValue) =>
  value ? as(value) : undefined;

/**
 * The keys of a model under its architecture's name.
 * @throws {LmError} `ERR_CONFIG` for a family or a scaling that llama.cpp does not have
 */
export function ggufMetadata(config: ModelConfig): ReadonlyMap<string, TypedValue> {
  const name = architectureNameOf(config);
  const rotary = config as RotaryModelConfig; // all families with a name rotate positions
  const capped = "attnLogitSoftcapping" in config ? config : undefined;
  const values: Values = {
    vocab_size: uint32(config.vocabSize),
    context_length: uint32(config.maxPositionEmbeddings),
    embedding_length: uint32(config.hiddenSize),
    block_count: uint32(config.numHiddenLayers),
    feed_forward_length: uint32(config.intermediateSize),
    "attention.head_count": uint32(config.numAttentionHeads),
    "attention.head_count_kv": uint32(rotary.numKeyValueHeads),
    "attention.layer_norm_rms_epsilon": float32(rotary.rmsNormEps),
    "attention.sliding_window":
      "slidingWindow" in config ? number(config.slidingWindow, uint32) : undefined,
    "rope.freq_base": float32(rotary.ropeTheta),
    attn_logit_softcapping: number(capped?.attnLogitSoftcapping, float32),
    final_logit_softcapping:
      "finalLogitSoftcapping" in config ? number(config.finalLogitSoftcapping, float32) : undefined,
    ...attentionValues(rotary),
    ...scalingValues(rotary),
    ...(isMixture(config) && !describedForm(config.modelType) ? expertValues(config) : {}),
    ...describedValues(config),
  };
  const own = Object.entries(values)
    .filter((entry): entry is [string, TypedValue] => entry[1] !== undefined)
    .map(([key, value]) => [`${name}.${key}`, value] as const);
  return new Map([["general.architecture", text(name)], ...own]);
}
