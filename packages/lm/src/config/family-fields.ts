import {
  activation,
  deviceLossFields,
  mlaFields,
  moeFields,
  rotaryFields,
  sharedFields,
} from "./common-fields";
import type { FamilyFields } from "./decoder-fields";
import {
  gemma2Fields,
  gemma3Fields,
  mistralFields,
  mixtralFields,
  olmo2Fields,
  phi3Fields,
  qwen2Fields,
  qwen2MoeFields,
  qwen3Fields,
  qwen3MoeFields,
} from "./dense-fields";
import { families } from "./families";
import { choice, flag, integer, type JsonObject, positive, real } from "./field";
import type {
  DeepseekConfig,
  DeepseekV2Config,
  DeepseekV3Config,
  Gpt2Config,
  LlamaConfig,
  ModelConfig,
} from "./model-config";

const llamaBase = {
  ...sharedFields({
    architecture: "LlamaForCausalLM",
    vocabSize: 32000,
    bos: 1,
    eos: 2,
    tieWordEmbeddings: false,
  }),
  ...rotaryFields({
    hiddenSize: 4096,
    intermediateSize: 11008,
    numHiddenLayers: 32,
    numAttentionHeads: 32,
    maxPositionEmbeddings: 2048,
    scalings: ["linear", "dynamic", "llama3", "yarn", "longrope"],
  }),
};

/** Defaults of Hugging Face's LlamaConfig. */
const llamaFields: FamilyFields<LlamaConfig> = {
  ...llamaBase,
  headDim: integer("head_dim", (json: JsonObject) =>
    Math.floor(llamaBase.hiddenSize.read(json) / llamaBase.numAttentionHeads.read(json)),
  ),
  mlpBias: flag("mlp_bias", false),
};

const gpt2Width = integer("n_embd", 768);

/** Defaults of Hugging Face's GPT2Config; GPT-2's own key names. */
const gpt2Fields: FamilyFields<Gpt2Config> = {
  ...sharedFields({
    architecture: "GPT2LMHeadModel",
    vocabSize: 50257,
    bos: 50256,
    eos: 50256,
    tieWordEmbeddings: true,
  }),
  hiddenSize: gpt2Width,
  intermediateSize: integer("n_inner", (json: JsonObject) => 4 * gpt2Width.read(json)),
  numHiddenLayers: integer("n_layer", 12),
  numAttentionHeads: integer("n_head", 12),
  maxPositionEmbeddings: integer("n_positions", 1024),
  hiddenAct: activation("activation_function", "gelu_new"),
  layerNormEps: positive("layer_norm_epsilon", 1e-5),
  embeddingDropout: real("embd_pdrop", 0.1, { maximum: 1 }),
  residualDropout: real("resid_pdrop", 0.1, { maximum: 1 }),
  attentionDropout: real("attn_pdrop", 0.1, { maximum: 1 }),
  scaleAttnWeights: flag("scale_attn_weights", true),
  scaleAttnByInverseLayerIdx: flag("scale_attn_by_inverse_layer_idx", false),
  reorderAndUpcastAttn: flag("reorder_and_upcast_attn", false),
};

const deepseekDefaults = { vocabSize: 102400, bos: 100000, eos: 100001, tieWordEmbeddings: false };
const deepseekSizes = {
  hiddenSize: 4096,
  intermediateSize: 11008,
  numHiddenLayers: 30,
  numAttentionHeads: 32,
  maxPositionEmbeddings: 2048,
};

/** Defaults of DeepSeekMoE's released configuration class. */
const deepseekFields: FamilyFields<DeepseekConfig> = {
  ...sharedFields({ architecture: "DeepseekForCausalLM", ...deepseekDefaults }),
  ...rotaryFields({ ...deepseekSizes, scalings: ["linear", "dynamic"] }),
  ...moeFields,
  ...deviceLossFields,
  scoringFunc: choice<"softmax" | "sigmoid">("scoring_func", ["softmax"], "softmax"),
};

/** Defaults of DeepSeek-V2's released configuration class. */
const deepseekV2Fields: FamilyFields<DeepseekV2Config> = {
  ...sharedFields({ architecture: "DeepseekV2ForCausalLM", ...deepseekDefaults }),
  ...rotaryFields({
    ...deepseekSizes,
    scalings: ["linear", "dynamic", "yarn"],
    originalLength: 4096,
  }),
  ...moeFields,
  ...deviceLossFields,
  ...mlaFields,
};

/** Defaults of DeepSeek-V3's released configuration class. */
const deepseekV3Fields: FamilyFields<DeepseekV3Config> = {
  ...sharedFields({
    architecture: "DeepseekV3ForCausalLM",
    vocabSize: 129280,
    bos: 0,
    eos: 1,
    tieWordEmbeddings: false,
  }),
  ...rotaryFields({
    hiddenSize: 7168,
    intermediateSize: 18432,
    numHiddenLayers: 61,
    numAttentionHeads: 128,
    maxPositionEmbeddings: 4096,
    scalings: ["linear", "dynamic", "yarn"],
    originalLength: 4096,
  }),
  ...moeFields,
  ...deviceLossFields,
  ...mlaFields,
  moeIntermediateSize: integer("moe_intermediate_size", 2048),
  nSharedExperts: integer<number | null>("n_shared_experts", 1),
  nRoutedExperts: integer<number | null>("n_routed_experts", 256),
  numExpertsPerTok: integer<number | null>("num_experts_per_tok", 8),
  firstKDenseReplace: integer("first_k_dense_replace", 3, 0),
  normTopkProb: flag("norm_topk_prob", true),
  scoringFunc: choice("scoring_func", ["softmax", "sigmoid"], "sigmoid"),
  topkMethod: choice("topk_method", ["greedy", "group_limited_greedy", "noaux_tc"], "noaux_tc"),
  nGroup: integer<number | null>("n_group", 8),
  topkGroup: integer<number | null>("topk_group", 4),
  routedScalingFactor: real("routed_scaling_factor", 2.5),
  numNextnPredictLayers: integer("num_nextn_predict_layers", 1, 0),
  ropeInterleave: flag("rope_interleave", true),
};

/** The fields of each supported `model_type`. */
export const familyFields = {
  llama: llamaFields,
  gpt2: gpt2Fields,
  deepseek: deepseekFields,
  deepseek_v2: deepseekV2Fields,
  deepseek_v3: deepseekV3Fields,
  qwen2: qwen2Fields,
  qwen3: qwen3Fields,
  qwen2_moe: qwen2MoeFields,
  qwen3_moe: qwen3MoeFields,
  mistral: mistralFields,
  mixtral: mixtralFields,
  gemma2: gemma2Fields,
  gemma3_text: gemma3Fields,
  phi3: phi3Fields,
  olmo2: olmo2Fields,
  olmoe: families.olmoe.fields,
  granite: families.granite.fields,
  granitemoe: families.granitemoe.fields,
  smollm3: families.smollm3.fields,
} satisfies Record<ModelConfig["modelType"], object>;
