export {
  type ChatTokenizer,
  type EncodedPair,
  type EncodeOptions,
  encodeConversation,
  encodePreference,
} from "./data/encode";
export {
  type PreferenceBatch,
  type PreferenceBatchesOptions,
  preferenceBatches,
} from "./data/preference-batches";
export { encodePrompt, type PromptRecord, parsePrompts } from "./data/prompts";
export {
  type PreferenceRecord,
  type PromptAnswer,
  parseConversations,
  parsePreferences,
  type SftRecord,
} from "./data/records";
export type { ParseOptions, Place } from "./data/rows";
export { AlignError, type AlignErrorCode } from "./errors";
export { type LogitModel, logpsOf, type SequenceLogps, sequenceLogps } from "./logps";
export {
  type AdvantageOptions,
  combineRewards,
  groupAdvantages,
  processAdvantages,
  type StepRewards,
} from "./losses/advantages";
export {
  type DpoLoss,
  type DpoLossType,
  type DpoOptions,
  dpoLoss,
  type PairLogps,
} from "./losses/dpo";
export {
  answerMask,
  type GaeOptions,
  generalizedAdvantages,
  type TokenGrid,
  type TokenRewardInputs,
  type TokenRewardOptions,
  tokenRewards,
  whiten,
} from "./losses/gae";
export {
  type GrpoInputs,
  type GrpoLoss,
  type GrpoLossType,
  type GrpoOptions,
  grpoLoss,
  klEstimate,
} from "./losses/grpo";
export {
  type AdaptKlOptions,
  adaptKlCoefficient,
  type ClippedLoss,
  type PpoPolicyInputs,
  type PpoValueInputs,
  ppoPolicyLoss,
  ppoValueLoss,
} from "./losses/ppo";
export { type RewardLossOptions, rewardLoss } from "./losses/reward";
export { guardStepRewards, type StepCredit, type StepGuardOptions } from "./losses/step-guards";
export {
  isEndless,
  type RepetitionOptions,
  repeatedPeriod,
  repetitionRatio,
} from "./repetition";
export { type AcceptOptions, acceptedSamples } from "./training/accepted";
export type { AlignConfig } from "./training/config";
export { type DpoConfig, type DpoEvent, dpo } from "./training/dpo";
export type { PairEvaluation } from "./training/evaluate-pairs";
export { evaluatePreferences } from "./training/evaluate-preferences";
export { type GrpoConfig, grpo } from "./training/grpo";
export type { KlStop } from "./training/kl-guard";
export { ppo } from "./training/ppo";
export type { PpoConfig } from "./training/ppo-config";
export {
  type Reference,
  type ReferenceLogps,
  type ReferenceLogpsOptions,
  referenceLogps,
} from "./training/reference";
export { loadRewardModel, modelReward, saveRewardModel } from "./training/reward-folder";
export { type RewardConfig, RewardModel, trainReward } from "./training/reward-model";
export type { RewardFunction, Rewards } from "./training/rewards";
export { type RftConfig, type RftEvent, rft } from "./training/rft";
export { generateEngine, type RolloutEngine, type RolloutRequest } from "./training/rollout-engine";
export { type Answer, type SampleOptions, sampleAnswers } from "./training/rollouts";
export { type SftConfig, sft } from "./training/sft";
export { type SftStage, type StageEvent, sftStages } from "./training/stages";
export { ValueModel } from "./training/value-model";
