export { ScalingLawsError, type ScalingLawsErrorCode } from "./errors";
export { type BudgetGroup, groupByBudget } from "./fits/budgets";
export {
  fitParametric,
  type ParametricEvent,
  type ParametricFit,
  type ParametricOptions,
  parametricFit,
} from "./fits/fit-parametric";
export { fitParts, type PartsFit, type RunsByPart } from "./fits/fit-parts";
export { type FitOptions, type FitReport, fitReport, fitRuns } from "./fits/fit-runs";
export { fitHyperParameter } from "./fits/hyper-parameters";
export {
  fitIsoFlop,
  type IsoFlopFit,
  isoFlopProfiles,
  type ProfileOptions,
} from "./fits/iso-flop";
export { fitLossCurve, type LossForm } from "./fits/loss-curve";
export type { Band, HyperParameter } from "./fits/near-optimal";
export { type ParametricLaw, parametricAllocation, parametricLoss } from "./fits/parametric-curve";
export { fitPowerLaw } from "./fits/power-law";
export type { Optimum, Profile, ProfileStatus } from "./fits/profile";
export type { Random } from "./fits/random";
export type { Law, LawOf, LossLaw, PointLaw, PowerLaw, Quantity } from "./law/law";
export { parseLaw } from "./law/parse-law";
export { bitsPerByte } from "./measures/bits-per-byte";
export { type ConfigScale, configScale } from "./measures/config-parameters";
export {
  type DecoderParameters,
  type DecoderSizes,
  decoderParameters,
} from "./measures/decoder-parameters";
export {
  compareMeasures,
  type DecoderShape,
  exactFlopsPerToken,
  flopsPerToken,
  flopsPerTokenN1,
  flopsPerTokenN2,
  type ScaleMeasure,
} from "./measures/flops-per-token";
export { measureRuns } from "./measures/measure-runs";
export { budgetFor, type Goal } from "./planning/budget-for";
export { compareLaws } from "./planning/compare-laws";
export { decoderShape, decoderWidth } from "./planning/decoder-shape";
export { type Forecast, forecastLoss } from "./planning/forecast-loss";
export { overTraining } from "./planning/over-training";
export { type Plan, type PlanOptions, plan, type Steps, wholeSteps } from "./planning/plan";
export { dataQualityExponents, type PublishedLaw, publishedLaws } from "./published/published-laws";
export type { Column, ColumnNames } from "./runs/columns";
export { type ImportRunsOptions, importRuns } from "./runs/import-runs";
export { type FolderTexts, type MetricsFolderOptions, runFromFolder } from "./runs/metrics-folder";
export { type ParseRunsOptions, parseRuns } from "./runs/parse-runs";
export type { LossUnit, Run } from "./runs/run";
export { importWandb, type WandbImport } from "./runs/wandb";
export {
  type MultiStepOptions,
  multiStepRate,
  multiStepStages,
  type Stage,
} from "./schedule/multi-step";
export { type Branch, type StageReuse, stageReuse } from "./schedule/stage-reuse";
export type { Parabola } from "./statistics/parabola";
