export * from "./config";
export * from "./data";
export { LmError, type LmErrorCode } from "./errors";
export { loadLlama2c } from "./files/load-llama2c";
export { type LoadOptions, loadConfig, loadModel, loadWeights } from "./files/load-model";
export { saveModel } from "./files/save-model";
export { type OpenBlock, type StreamedModel, streamModel } from "./files/stream-model";
export * from "./generation";
export {
  type AsyncLogitsProcessor,
  type GenerateOptions,
  generate,
  type Sampler,
  type TokenEvent,
} from "./generation/generate";
export { CausalLM, type ForwardOptions, type TokenBatch } from "./model/causal-lm";
export type { HookSite, ModelHooks, TensorHook } from "./model/hooks";
export { KvCache } from "./model/kv-cache";
export { causalTargets, IGNORED_LABEL } from "./model/positions";
export * from "./tokenizer";
export type { LabelledBatch, TrainingData } from "./training/batches";
export {
  type CheckpointFolder,
  listCheckpoints,
  restoreCheckpoint,
  saveCheckpoint,
} from "./training/checkpoint";
export { type Evaluation, evaluate } from "./training/evaluate";
export { type BestStep, type KeepBestOptions, keepBest } from "./training/keep-best";
export type { SkippedCheckpoint } from "./training/resume";
export { type TrainConfig, type TrainEvent, train } from "./training/train";
export type { TrainerState } from "./training/trainer-state";
