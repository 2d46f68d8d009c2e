export * from "./attacks/index";
export { embeddingPurification, type PurifiedRows } from "./defences/epur";
export { keptWords, onion, onionScores, type Perplexities } from "./defences/onion";
export { rapDrops } from "./defences/rap";
export { type Classify, type StripOptions, stripEntropies, tfIdfWords } from "./defences/strip";
export { PurifyError, type PurifyErrorCode } from "./errors";
export { type IndicatorOptions, indicator } from "./indicator/indicator";
export type { Granularity, IndicatorKind } from "./indicator/scores";
export { type Detection, detectionRates, rejectionThreshold } from "./metrics/detection";
export {
  type Evaluation,
  type EvaluationSets,
  evaluate,
  evaluationLines,
  type Measurement,
} from "./metrics/evaluate";
export { type TopicLanguage, topicLanguage } from "./miniature/topic-language";
export {
  type FitMixtureOptions,
  fitMixture,
  type Mixture,
  posterior,
  type RankedValues,
} from "./mixture/fit-mixture";
export type { PurifyOptions, PurifySettings } from "./purify/options";
export { type Purified, purify } from "./purify/purify";
export type { LogHistogram, PurifiedTensor, PurifyReport } from "./purify/report";
export {
  type ChosenRho,
  rhoGrid,
  type SearchRhoOptions,
  searchRho,
  type TriedRho,
} from "./purify/search-rho";
export type { Survey } from "./purify/survey";
export { type Random, seededRandom, shuffled } from "./random";
export { diff } from "./weights/diff";
export { type ModelPart, modelParts, partOfModel } from "./weights/part-of-model";
