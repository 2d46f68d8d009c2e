/** @file Fields of the decoder families beside Llama, GPT-2 and DeepSeek, with the defaults of their Hugging Face classes. */
import { activation } from "./common-fields";
import { decoderFields, expertFields, type FamilyFields, noAttentionBias } from "./decoder-fields";
import {
  constant,
  type Field,
  field,
  flag,
  integer,
  type JsonObject,
  positive,
  real,
} from "./field";
import { cap, type LayerType, layerTypes, nullable } from "./layer-types";
import type {
  Gemma2Config,
  Gemma3Config,
  MistralConfig,
  MixtralConfig,
  Olmo2Config,
  Phi3Config,
  Qwen2Config,
  Qwen2MoeConfig,
  Qwen3Config,
  Qwen3MoeConfig,
} from "./model-config";

const qwenSizes = {
  vocabSize: 151936,
  hiddenSize: 4096,
  intermediateSize: 22016,
  numHiddenLayers: 32,
  numAttentionHeads: 32,
  maxPositionEmbeddings: 32768,
};

/** Qwen enables its window by a flag, from a given layer on. */
function qwenWindow(layers: Field<number>) {
  const window = nullable("sliding_window", 4096);
  const isUsed = flag("use_sliding_window", false);
  const first = integer("max_window_layers", 28, 0);
  const slides = (layer: number, json: JsonObject) =>
    isUsed.read(json) && window.read(json) !== null && layer >= first.read(json);
  return {
    slidingWindow: window,
    useSlidingWindow: isUsed,
    maxWindowLayers: first,
    layerTypes: layerTypes(
      layers,
      (layer, json): LayerType => (slides(layer, json) ? "sliding_attention" : "full_attention"),
    ),
  };
}

const qwen2Base = decoderFields({ architecture: "Qwen2ForCausalLM", ...qwenSizes });
export const qwen2Fields: FamilyFields<Qwen2Config> = {
  ...qwen2Base,
  ...noAttentionBias,
  ...qwenWindow(qwen2Base.numHiddenLayers),
};

const qwen3Base = decoderFields({ architecture: "Qwen3ForCausalLM", ...qwenSizes, headDim: 128 });
export const qwen3Fields: FamilyFields<Qwen3Config> = {
  ...qwen3Base,
  ...qwenWindow(qwen3Base.numHiddenLayers),
};

const mistralSizes = {
  vocabSize: 32000,
  bos: 1,
  eos: 2,
  hiddenSize: 4096,
  intermediateSize: 14336,
  numHiddenLayers: 32,
  numAttentionHeads: 32,
  keyValueHeads: 8,
  maxPositionEmbeddings: 131072,
};

export const mistralFields: FamilyFields<MistralConfig> = {
  ...decoderFields({ architecture: "MistralForCausalLM", ...mistralSizes }),
  ...noAttentionBias,
  slidingWindow: nullable("sliding_window", 4096),
};

const mixtralBase = decoderFields({ architecture: "MixtralForCausalLM", ...mistralSizes });
export const mixtralFields: FamilyFields<MixtralConfig> = {
  ...mixtralBase,
  ...noAttentionBias,
  rmsNormEps: positive("rms_norm_eps", 1e-5),
  slidingWindow: nullable("sliding_window", null),
  ...expertFields({ count: "num_local_experts", topK: 2 }, 8),
  normTopkProb: constant("normTopkProb", true),
  moeIntermediateSize: integer("intermediate_size", 14336),
};

const sparse = (layers: Field<number>) => ({
  ...qwenWindow(layers),
  decoderSparseStep: integer("decoder_sparse_step", 1),
  mlpOnlyLayers: layerNumbers("mlp_only_layers"),
});

function layerNumbers(key: string) {
  const isValid = (value: unknown) =>
    Array.isArray(value) && value.every((layer) => Number.isSafeInteger(layer) && layer >= 0);
  return field<readonly number[]>(key, () => [], "a list of layer numbers", isValid);
}

const qwen2MoeBase = decoderFields({
  architecture: "Qwen2MoeForCausalLM",
  ...qwenSizes,
  hiddenSize: 2048,
  intermediateSize: 5632,
  numHiddenLayers: 24,
  numAttentionHeads: 16,
});
export const qwen2MoeFields: FamilyFields<Qwen2MoeConfig> = {
  ...qwen2MoeBase,
  ...noAttentionBias,
  ...sparse(qwen2MoeBase.numHiddenLayers),
  ...expertFields({ count: "num_experts", topK: 4 }, 60),
  qkvBias: flag("qkv_bias", true),
  moeIntermediateSize: integer("moe_intermediate_size", 1408),
  sharedExpertIntermediateSize: integer("shared_expert_intermediate_size", 5632),
};

const qwen3MoeBase = decoderFields({
  architecture: "Qwen3MoeForCausalLM",
  ...qwenSizes,
  hiddenSize: 2048,
  intermediateSize: 6144,
  numHiddenLayers: 24,
  keyValueHeads: 4,
});
export const qwen3MoeFields: FamilyFields<Qwen3MoeConfig> = {
  ...qwen3MoeBase,
  ...sparse(qwen3MoeBase.numHiddenLayers),
  ...expertFields({ count: "num_experts", topK: 8 }, 128),
  moeIntermediateSize: integer("moe_intermediate_size", 768),
};

const gemmaSizes = {
  bos: 2,
  eos: 1,
  isTied: true,
  hiddenSize: 2304,
  intermediateSize: 9216,
  numHiddenLayers: 26,
  numAttentionHeads: 8,
  keyValueHeads: 4,
  headDim: 256,
};
const gemmaRest = {
  hiddenAct: activation("hidden_activation", "gelu_pytorch_tanh"),
  queryPreAttnScalar: positive("query_pre_attn_scalar", 256),
  slidingWindow: nullable("sliding_window", 4096),
};

const gemma2Base = decoderFields({
  architecture: "Gemma2ForCausalLM",
  ...gemmaSizes,
  vocabSize: 256000,
  maxPositionEmbeddings: 8192,
});
export const gemma2Fields: FamilyFields<Gemma2Config> = {
  ...gemma2Base,
  ...gemmaRest,
  attnLogitSoftcapping: cap("attn_logit_softcapping", 50),
  finalLogitSoftcapping: cap("final_logit_softcapping", 30),
  layerTypes: layerTypes(gemma2Base.numHiddenLayers, (layer) =>
    layer % 2 === 0 ? "sliding_attention" : "full_attention",
  ),
};

const gemma3Base = decoderFields({
  architecture: "Gemma3ForCausalLM",
  ...gemmaSizes,
  vocabSize: 262208,
  maxPositionEmbeddings: 131072,
});
const pattern = integer("sliding_window_pattern", (json: JsonObject) =>
  integer("_sliding_window_pattern", 6).read(json),
);
export const gemma3Fields: FamilyFields<Gemma3Config> = {
  ...gemma3Base,
  ...gemmaRest,
  attnLogitSoftcapping: cap("attn_logit_softcapping", null),
  finalLogitSoftcapping: cap("final_logit_softcapping", null),
  ropeTheta: positive("rope_theta", () => 1_000_000),
  ropeLocalBaseFreq: positive("rope_local_base_freq", 10_000),
  layerTypes: {
    ...layerTypes(gemma3Base.numHiddenLayers, (layer, json) =>
      (layer + 1) % pattern.read(json) === 0 ? "full_attention" : "sliding_attention",
    ),
    keys: ["layer_types", "sliding_window_pattern", "_sliding_window_pattern"],
  },
};

const share = (json: JsonObject) =>
  real("partial_rotary_factor", () => 1, { maximum: 1 }).read(json);
/** Newer files keep it inside `rope_parameters`. */
const partialRotaryFactor: Field<number> = {
  ...real("partial_rotary_factor", 1),
  read: (json) => share({ ...(json.rope_parameters as JsonObject | null), ...json }),
};

export const phi3Fields: FamilyFields<Phi3Config> = {
  ...decoderFields({
    architecture: "Phi3ForCausalLM",
    vocabSize: 32064,
    bos: 1,
    eos: 32000,
    hiddenSize: 3072,
    intermediateSize: 8192,
    numHiddenLayers: 32,
    numAttentionHeads: 32,
    maxPositionEmbeddings: 4096,
  }),
  ...noAttentionBias,
  rmsNormEps: positive("rms_norm_eps", 1e-5),
  slidingWindow: nullable("sliding_window", null),
  partialRotaryFactor,
};

export const olmo2Fields: FamilyFields<Olmo2Config> = {
  ...decoderFields({
    architecture: "Olmo2ForCausalLM",
    vocabSize: 50304,
    eos: 50279,
    hiddenSize: 4096,
    intermediateSize: 11008,
    numHiddenLayers: 32,
    numAttentionHeads: 32,
    maxPositionEmbeddings: 2048,
  }),
  rmsNormEps: positive("rms_norm_eps", 1e-5),
};
