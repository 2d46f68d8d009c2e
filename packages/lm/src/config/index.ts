export { rotarySize } from "./check-config";
export type { JsonObject } from "./field";
export type {
  Activation,
  BaseConfig,
  ConfigDtype,
  DeepseekConfig,
  DeepseekV2Config,
  DeepseekV3Config,
  Gpt2Config,
  LlamaConfig,
  MlaConfig,
  ModelConfig,
  MoeConfig,
  RotaryConfig,
} from "./model-config";
export { modelShape } from "./model-shape";
export { isMoeLayer, parseConfig, supportedModelTypes, toHuggingFace } from "./parse-config";
export { type RopeFrequencies, ropeFrequencies, yarnMscale } from "./rope-frequencies";
export type { RopeScaling } from "./rope-scaling";
