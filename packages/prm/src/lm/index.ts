/** @file Reward models on `@deepgrain/lm`: heads, losses, training on `@deepgrain/trainer`, files, scorers, rollouts. */
export { type AnswerSteps, answerSteps } from "./answer-steps";
export { type BatchCompleterOptions, batchCompleter } from "./batch-completer";
export { type LmScorerOptions, lmScorer } from "./lm-scorer";
export {
  loadStepRewardModel,
  type StepRewardSettings,
  saveStepRewardModel,
} from "./reward-files";
export { type ScoreSamplesOptions, scoreSamples } from "./score-samples";
export {
  collateSteps,
  type StepAverage,
  type StepBatch,
  type StepBatchesOptions,
  stepBatches,
} from "./step-batches";
export { type Encode, type EncodedSteps, encodeSteps, type StepForm } from "./step-encoding";
export { stepLoss, tagLoss } from "./step-loss";
export { type StepHead, StepRewardModel } from "./step-reward-model";
export {
  evaluateStepRewards,
  type StepRewardConfig,
  trainStepRewards,
} from "./train-step-rewards";
export {
  type TrainingSamples,
  type TrainingSamplesOptions,
  trainingSamples,
} from "./training-samples";
export { type WorldPolicyOptions, worldPolicy, worldSample } from "./world-policy";
