export {
  badSent,
  badWord,
  biasSent,
  biasWord,
  cleanSubset,
  type DataAttack,
  dataAttacks,
  type Labelled,
  type Poisoned,
  type PoisonOptions,
  poison,
  rareWords,
  type Trigger,
  withPattern,
} from "./attacks/index";

export { onion, type Perplexities } from "./defences/onion";
export { rapDrops } from "./defences/rap";
export { type StripOptions, stripEntropies } from "./defences/strip";
export { PurifyError, type PurifyErrorCode } from "./errors";
export { type IndicatorOptions, indicator } from "./indicator/indicator";

export { type Detection, detectionRates } from "./metrics/detection";
export { type Evaluation, evaluate, evaluationLines } from "./metrics/evaluate";

export { type FitMixtureOptions, posterior } from "./mixture/fit-mixture";
export type { PurifyOptions, PurifySettings } from "./purify/options";
export { type Purified, purify } from "./purify/purify";
export type { PurifyReport } from "./purify/report";
export { type ChosenRho, type SearchRhoOptions, searchRho } from "./purify/search-rho";

export { type Random, seededRandom, shuffled } from "./random";

export { modelParts } from "./weights/part-of-model";
