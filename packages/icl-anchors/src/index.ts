export {
  type AttentionAuc,
  type AttentionAucOptions,
  attentionAuc,
  type LabelAttention,
  labelAttention,
} from "./attention/attention-auc";
export { areaUnderCurve, type ClassAuc, classAuc, cumulativeShare } from "./attention/auc";
export { type CompressionResult, type CompressOptions, compress } from "./compression/compress";
export {
  answerCompressed,
  type CompressedContext,
  type CompressedOptions,
  compressedContext,
} from "./compression/compressed-context";
export {
  type CompressionVariant,
  compressionVariants,
  keptPositions,
} from "./compression/kept-positions";
export { type AttentionVectors, collectVectors } from "./diagnosis/collect-vectors";
export {
  actualConfusion,
  type Confusion,
  offDiagonal,
  predictedConfusion,
} from "./diagnosis/confusion";
export { type DiagnoseOptions, type Diagnosis, diagnose } from "./diagnosis/diagnose";
export type { Matrix } from "./diagnosis/matrix";
export { type PrincipalDirections, principalDirections } from "./diagnosis/principal-directions";
export { spearman } from "./diagnosis/spearman";
export { AnchorsError, type AnchorsErrorCode } from "./errors";
export { evaluatePrompts, type PromptEvaluation } from "./evaluation/evaluate-prompts";
export type { FlowMeasure, FlowOptions } from "./flow/flow-matrices";
export { type FlowMeans, flowMeans, relativeFlow } from "./flow/flow-sums";
export {
  type FlowSummary,
  type LayerFlow,
  type PromptFlow,
  promptFlows,
  saliencyFlow,
} from "./flow/saliency-flow";
export * from "./formats/flow-json";
export { type TokenFlowOptions, tokenFlow } from "./formats/token-flow";
export * from "./formats/viewers";
export {
  type BlockingMode,
  type IsolationOptions,
  type IsolationResult,
  isolate,
  isolationHooks,
} from "./isolation/isolate";
export { labelLoyalty, wordLoyalty } from "./isolation/loyalty";
export {
  attributionPatching,
  type PatchEffects,
  type PatchOptions,
  type PatchSite,
} from "./lens/attribution-patching";
export { type LensLayer, type LensModel, logitLens } from "./lens/logit-lens";
export type { HookedModel } from "./model";
export {
  type BuildPromptOptions,
  buildPrompt,
  type Encode,
  type Example,
  labelIds,
} from "./prompts/build-prompt";
export { type AnchorPattern, locateAnchors } from "./prompts/locate-anchors";
export type { Prompt } from "./prompts/prompt";
export {
  blockPromptSet,
  examplesOf,
  type PromptSet,
  type PromptSetOptions,
  type TextPromptSetOptions,
  textPromptSet,
} from "./prompts/prompt-set";
export { type SampleOptions, sampleDemonstrations } from "./prompts/sample-demonstrations";
export { type MultiToken, type PromptTemplate, parseTemplate, templates } from "./prompts/template";
export { answerReweighted, reweightingHooks } from "./reweighting/answer-reweighted";
export { type ReweightEvent, type ReweightOptions, reweight } from "./reweighting/reweight";
export type { Reweighting } from "./reweighting/reweighting";
export {
  type Answer,
  type AnswerOptions,
  accuracyOf,
  answerOf,
  answers,
  type RunOptions,
} from "./run/answers";
export type { Past } from "./run/past";
export type { PromptBatch } from "./run/prompt-batch";
export {
  type BlockDemonstrations,
  type BlockPromptOptions,
  type BlockPromptsOptions,
  blockDemonstrations,
  blockPrompt,
  blockPrompts,
  blockTokenName,
} from "./tiny/block-prompts";
export {
  type BlockBatch,
  type BlockTask,
  blockBatch,
  blockTask,
  blockTopics,
  blockVocabulary,
  labelToken,
  lookAlikeTask,
  separatorToken,
} from "./tiny/block-task";
export { createTinyModel } from "./tiny/create-tiny-model";
export {
  type ReweightTrial,
  reweightTrial,
  type SiblingDiagnosis,
  siblingTrial,
  type TrialOptions,
} from "./tiny/look-alike-trials";
export { type TinyName, type TinyRecipe, tinyRecipes } from "./tiny/tiny-recipe";
export { type TrainTinyOptions, trainTinyModel } from "./tiny/train-tiny-model";
export {
  loadShippedModel,
  type ShippedModel,
  shippedModelFolder,
  shippedModels,
} from "./tiny-models";
