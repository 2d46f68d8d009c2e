export {
  type CheckpointContents,
  restoreCheckpoint,
  saveCheckpoint,
} from "./checkpoint/checkpoint";
export { type CheckpointFolder, listCheckpoints } from "./checkpoint/folders";
export { jsonPart } from "./checkpoint/json-part";
export type { CheckpointPart, CheckpointParts } from "./checkpoint/part";
export type { SkippedCheckpoint } from "./checkpoint/resume";
export { moduleWeights, tensorsPart } from "./checkpoint/tensors-part";
export type { TrainerState } from "./checkpoint/trainer-state";
export { TrainerError, type TrainerErrorCode } from "./errors";
export type { FitEvent } from "./events";
export { fit } from "./fit";
export type { FitCheckpoint, FitConfig, Measured, TrainingData } from "./fit-config";
export { type BestStep, type KeepBestOptions, keepBest } from "./keep-best";
export type { LossFunction, LossWithScalars } from "./loss";
export { meanLoss } from "./mean-loss";
export type { Optimizer, OptimizerChoice } from "./optimizer";
export { type StepResult, type TrainStepOptions, trainStep } from "./train-step";
