export {
  badSent,
  badWord,
  biasSent,
  biasWord,
  cleanSubset,
  type DataAttack,
  dataAttacks,
  type Poisoned,
  poison,
  rareWords,
  withPattern,
} from "./attacks/index";

export { onion } from "./defences/onion";
export { rapDrops } from "./defences/rap";
export { stripEntropies } from "./defences/strip";
export { PurifyError, type PurifyErrorCode } from "./errors";
export { indicator } from "./indicator/indicator";

export { type Detection, detectionRates } from "./metrics/detection";
export { type Evaluation, evaluate, evaluationLines } from "./metrics/evaluate";

export { posterior } from "./mixture/fit-mixture";
export type { PurifyOptions, PurifySettings } from "./purify/options";
export { purify } from "./purify/purify";
export type { PurifyReport } from "./purify/report";
export { searchRho } from "./purify/search-rho";

export { type Random, seededRandom, shuffled } from "./random";
