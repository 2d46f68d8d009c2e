export { ScalingLawsError, type ScalingLawsErrorCode } from "./errors";
export { fitParametric, type ParametricFit, parametricFit } from "./fits/fit-parametric";
export { fitParts, type PartsFit } from "./fits/fit-parts";
export { type FitReport, fitReport, fitRuns } from "./fits/fit-runs";
export { fitHyperParameter } from "./fits/hyper-parameters";
export { fitIsoFlop, type IsoFlopFit } from "./fits/iso-flop";
export { fitLossCurve } from "./fits/loss-curve";
export { type ParametricLaw, parametricLoss } from "./fits/parametric-curve";
export { fitPowerLaw } from "./fits/power-law";
export type { Profile } from "./fits/profile";
export type { Random } from "./fits/random";
export type { Law, LossLaw, PointLaw, PowerLaw, Quantity } from "./law/law";
export { parseLaw } from "./law/parse-law";
export { bitsPerByte } from "./measures/bits-per-byte";
export { configScale } from "./measures/config-parameters";
export { decoderParameters } from "./measures/decoder-parameters";
export {
  compareMeasures,
  exactFlopsPerToken,
  flopsPerToken,
  flopsPerTokenN1,
  flopsPerTokenN2,
} from "./measures/flops-per-token";
export { measureRuns } from "./measures/measure-runs";
export { budgetFor, type Goal } from "./planning/budget-for";
export { compareLaws } from "./planning/compare-laws";
export { decoderShape, decoderWidth } from "./planning/decoder-shape";
export { type Forecast, forecastLoss } from "./planning/forecast-loss";
export { overTraining } from "./planning/over-training";
export { type Plan, plan, type Steps, wholeSteps } from "./planning/plan";
export { dataQualityExponents, type PublishedLaw, publishedLaws } from "./published/published-laws";
export { type ImportRunsOptions, importRuns } from "./runs/import-runs";
export { type MetricsFolderOptions, runFromFolder } from "./runs/metrics-folder";
export { parseRuns } from "./runs/parse-runs";
export type { Run } from "./runs/run";
export { importWandb, type WandbImport } from "./runs/wandb";
export { multiStepRate, multiStepStages, type Stage } from "./schedule/multi-step";
export { stageReuse } from "./schedule/stage-reuse";
export type { Parabola } from "./statistics/parabola";
