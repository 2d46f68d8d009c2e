export * from "./batcher";
export {
  type ModelConfig,
  modelShape,
  parseConfig,
  supportedModelTypes,
  toHuggingFace,
} from "./config";
export * from "./context";
export * from "./data";
export * from "./encoder";
export { LmError, type LmErrorCode } from "./errors";
export { loadLlama2c } from "./files/load-llama2c";
export { type LoadOptions, loadModel } from "./files/load-model";
export { modelBytes } from "./files/model-bytes";
export { loadConfig } from "./files/open-model";
export { saveModel } from "./files/save-model";
export { type StreamedModel, streamModel } from "./files/stream-model";
export * from "./generation";
export { answerPrompts } from "./generation/answer-prompts";
export { type GenerateOptions, generate, type TokenEvent } from "./generation/generate";
export { sampleTexts } from "./generation/sample-texts";
export { ggufSource } from "./gguf/gguf-source";
export { assertGguf, saveGguf } from "./gguf/save-gguf";
export * from "./inference";
export * from "./inspection";
export { type AttachedLora, attachLora } from "./lora/attach-lora";
export { loraRank } from "./lora/lora-config";
export { loraDelta } from "./lora/lora-delta";
export { readLora, saveLora } from "./lora/lora-files";
export { applyLora, mergeLora, unmergeLora } from "./lora/merge-lora";
export { CausalLM } from "./model/causal-lm";
export type { ForwardOptions } from "./model/forward-options";
export type { ModelHooks } from "./model/hooks";
export { KvCache } from "./model/kv-cache";
export { causalTargets, IGNORED_LABEL } from "./model/positions";
export { hasReplacedWeights, type ReplacedWeights, replaceWeights } from "./model/replaced-weights";
export type { LabelledBatch, TokenBatch } from "./model/token-batch";
export { type UpcycleOptions, upcycle } from "./model/upcycle";
export * from "./text";
export * from "./tokenizer";
export { describeModel, type ModelDescription } from "./training/describe-model";
export { type Evaluation, evaluate } from "./training/evaluate";
export { firstNotFinite } from "./training/first-not-finite";
export { type BestStep, keepBest } from "./training/keep-best";
export { lossAndLoad } from "./training/loss-and-load";
export { modelWeights } from "./training/model-weights";
export { type StepCost, stepCosts } from "./training/step-costs";
export { type TrainConfig, type TrainEvent, type TrainingData, train } from "./training/train";
export { trainingMemory } from "./training/training-memory";
