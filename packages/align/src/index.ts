export {
  type ChatTokenizer,
  type EncodedPair,
  type EncodeOptions,
  encodeConversation,
  encodePreference,
} from "./data/encode";
export { type PreferenceBatch, preferenceBatches } from "./data/preference-batches";
export { encodePrompt, type PromptRecord, parsePrompts } from "./data/prompts";
export {
  type PreferenceRecord,
  parseConversations,
  parsePreferences,
  type SftRecord,
} from "./data/records";
export type { ParseOptions } from "./data/rows";
export {
  type EncodedUnpaired,
  encodeUnpaired,
  parseUnpaired,
  type UnpairedRecord,
} from "./data/unpaired";
export { AlignError, type AlignErrorCode } from "./errors";
export { logpsOf, sequenceLogps } from "./logps";
export { combineRewards, groupAdvantages, processAdvantages } from "./losses/advantages";
export { type DpoLossType, dpoLoss } from "./losses/dpo";
export { generalizedAdvantages, tokenRewards, whiten } from "./losses/gae";
export { type GrpoLossType, grpoLoss, klEstimate, type RatioLevel } from "./losses/grpo";
export { ktoLoss } from "./losses/kto";
export { orpoLoss } from "./losses/orpo";
export { adaptKlCoefficient, ppoPolicyLoss, ppoValueLoss } from "./losses/ppo";
export { pointwiseRewardLoss, rewardLoss } from "./losses/reward";
export { simpoLoss } from "./losses/simpo";
export { guardStepRewards, type StepCredit } from "./losses/step-guards";
export { repetitionRatio } from "./repetition";
export { acceptedSamples } from "./training/accepted";
export type { AlignConfig } from "./training/config";
export { type DpoConfig, type DpoEvent, dpo } from "./training/dpo";
export type { PairEvaluation } from "./training/evaluate-pairs";
export { evaluatePreferences } from "./training/evaluate-preferences";
export { grpo } from "./training/grpo";
export type { GrpoConfig } from "./training/grpo-config";
export { type KtoConfig, type KtoEvent, kto, type OneLabel } from "./training/kto";
export type { NamedRewards } from "./training/named-rewards";
export { type OrpoConfig, orpo } from "./training/orpo";
export { type JudgedAnswer, scoreAnswers, trainPointwiseReward } from "./training/pointwise-reward";
export { ppo } from "./training/ppo";
export type { PpoConfig } from "./training/ppo-config";
export { type Reference, referenceLogps } from "./training/reference";
export { loadRewardModel, saveRewardModel } from "./training/reward-folder";
export { RewardLearner } from "./training/reward-learner";
export { type RewardConfig, RewardModel, trainReward } from "./training/reward-model";
export type { RewardFunction, Rewards } from "./training/rewards";
export { type RftConfig, type RftEvent, rft } from "./training/rft";
export type { RolloutEngine, RolloutRequest } from "./training/rollout-engine";
export type { RolloutRow } from "./training/rollout-log";
export { type Answer, sampleAnswers } from "./training/rollouts";
export { type SftConfig, sft } from "./training/sft";
export { type SimpoConfig, simpo } from "./training/simpo";
export { type StageEvent, sftStages } from "./training/stages";
export { ValueModel } from "./training/value-model";
