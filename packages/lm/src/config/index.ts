export { cacheNumbers } from "./cache-numbers";
export { rotarySize } from "./check-config";
export {
  type ExpertNames,
  type FamilyTraits,
  familyTraits,
  type LayerTraits,
  layerTraits,
} from "./family-traits";
export type { ConfigDtype, JsonObject } from "./field";
export type {
  Activation,
  DeepseekConfig,
  DeepseekV2Config,
  DeviceLossConfig,
  Gpt2Config,
  LlamaConfig,
  MixtureModelConfig,
  ModelConfig,
  Qwen3Config,
  RotaryModelConfig,
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
