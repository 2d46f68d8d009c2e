export type { Activation, DeviceLossConfig, MixtureModelConfig } from "./base-config";
export { cacheNumbers } from "./cache-numbers";
export { headSize, rotarySize } from "./check-config";
export { families } from "./families";
export type { ExpertNames, FamilyTraits, GgufForm } from "./family";
export { familyTraits, type LayerTraits, layerTraits } from "./family-traits";
export type { ConfigDtype, JsonObject } from "./field";
export type {
  DeepseekConfig,
  DeepseekV2Config,
  Gpt2Config,
  LlamaConfig,
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
export { wrappers } from "./wrappers";
