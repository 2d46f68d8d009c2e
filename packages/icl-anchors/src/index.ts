export { attentionAuc } from "./attention/attention-auc";
export { cumulativeShare } from "./attention/auc";
export { type CompressionResult, compress } from "./compression/compress";
export { answerCompressed, compressedContext } from "./compression/compressed-context";
export { type CompressionVariant, compressionVariants } from "./compression/variants";

export { actualConfusion, type Confusion, predictedConfusion } from "./diagnosis/confusion";
export { type Diagnosis, diagnose } from "./diagnosis/diagnose";

export { spearman } from "./diagnosis/spearman";
export { AnchorsError, type AnchorsErrorCode } from "./errors";
export { evaluatePrompts } from "./evaluation/evaluate-prompts";
export type { FlowOptions } from "./flow/flow-matrices";
export { type FlowMeans, relativeFlow } from "./flow/flow-sums";
export { type FlowSummary, type PromptFlow, promptFlows, saliencyFlow } from "./flow/saliency-flow";
export { flowJson, parseFlowInput } from "./formats/flow-json";
export { tokenFlow } from "./formats/token-flow";
export { bertVizParameters, circuitsVisProperties, toRows } from "./formats/viewers";
export { type IsolationResult, isolate } from "./isolation/isolate";
export { labelLoyalty, wordLoyalty } from "./isolation/loyalty";
export { attributionPatching } from "./lens/attribution-patching";
export { logitLens } from "./lens/logit-lens";
export { buildPrompt } from "./prompts/build-prompt";

export type { Prompt } from "./prompts/prompt";
export { blockPromptSet, examplesOf, type PromptSet, textPromptSet } from "./prompts/prompt-set";

export { type PromptTemplate, parseTemplate, templates } from "./prompts/template";
export { answerReweighted } from "./reweighting/answer-reweighted";
export { type ReweightEvent, reweight } from "./reweighting/reweight";
export type { Reweighting } from "./reweighting/reweighting";
export { type Answer, accuracyOf, answers } from "./run/answers";

export { blockPrompts, blockTokenName } from "./tiny/block-prompts";
export { type BlockTask, blockTask, blockVocabulary, lookAlikeTask } from "./tiny/block-task";
export { createTinyModel } from "./tiny/create-tiny-model";
export { reweightTrial, type SiblingDiagnosis, siblingTrial } from "./tiny/look-alike-trials";
export { createTextModel, type TextTask, textTask, trainTextModel } from "./tiny/text-task";
export { type TinyName, type TinyRecipe, tinyRecipes } from "./tiny/tiny-recipe";
export { trainTinyModel } from "./tiny/train-tiny-model";
export {
  loadShippedModel,
  type ShippedModel,
  shippedModelFolder,
  shippedModels,
} from "./tiny-models";
