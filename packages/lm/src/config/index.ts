export { rotarySize } from "./check-config";
export {
  type ExpertNames,
  type FamilyTraits,
  familyTraits,
  type LayerTraits,
  layerTraits,
} from "./family-traits";
export type { JsonObject } from "./field";
export type { LayerType } from "./layer-types";
export type {
  Activation,
  BaseConfig,
  ConfigDtype,
  DeepseekConfig,
  DeepseekV2Config,
  DeepseekV3Config,
  DenseConfig,
  DeviceLossConfig,
  Gemma2Config,
  Gemma3Config,
  GemmaConfig,
  Gpt2Config,
  JointBalanceConfig,
  LayerTypesConfig,
  LlamaConfig,
  MistralConfig,
  MixtralConfig,
  MixtureModelConfig,
  MlaConfig,
  ModelConfig,
  Olmo2Config,
  Phi3Config,
  Qwen2Config,
  Qwen2MoeConfig,
  Qwen3Config,
  Qwen3MoeConfig,
  QwenMoeConfig,
  QwenWindowConfig,
  RotaryConfig,
  RotaryModelConfig,
  WindowedConfig,
} from "./model-config";
export { modelShape } from "./model-shape";
export { isMoeLayer, parseConfig, supportedModelTypes, toHuggingFace } from "./parse-config";
export {
  longestShort,
  type RopeFrequencies,
  ropeFrequencies,
  yarnMscale,
} from "./rope-frequencies";
export type { RopeScaling } from "./rope-scaling";
