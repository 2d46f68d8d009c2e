export {
  type AdaptableModel,
  type AppliedAdapter,
  type ApplyAdapterOptions,
  applyAdapter,
  removeAdapter,
  switchAdapter,
} from "./adapter/apply-adapter";
export { baseFingerprint } from "./adapter/base-fingerprint";
export { type Adapter, type OpenAdapterOptions, openAdapter } from "./adapter/open-adapter";
export { putAdapter } from "./adapter/put-adapter";
export { type SaveAdapterOptions, type SavedAdapter, saveAdapter } from "./adapter/save-adapter";
export { compareSamples } from "./analysis/compare-samples";
export { concentrationCurve, meanConcentration } from "./analysis/concentration-curve";
export { expertOverlap, overlapMatrix } from "./analysis/expert-overlap";
export { addCoOccurrence, groupExperts } from "./analysis/group-experts";
export { groupModel } from "./analysis/group-model";
export { groupWeights } from "./analysis/group-weights";
export { expandGroups, groupedRouter, groupScores, groupsKept } from "./analysis/grouped-routing";
export { inspectText, type TextUse } from "./analysis/inspect-text";
export {
  createRouteRecording,
  type RecordedRoutes,
  type SampleAgreement,
  sampleAgreement,
} from "./analysis/sample-agreement";
export { EsftError, type EsftErrorCode } from "./errors";
export { classifyWeight, isRouterWeight, type WeightRole } from "./families/classify-weight";
export { layoutFromConfig } from "./families/layout-from-config";
export type { MoeFamily, MoeLayout, RouterSettings } from "./families/moe-layout";
export * from "./formats/expert-config-file";
export { inferTopK } from "./formats/infer-top-k";
export * from "./formats/score-folder";
export * from "./formats/score-summary";
export * from "./formats/task-data";
export * from "./formats/task-file";
export { readTaskSamples } from "./formats/task-samples";
export { type ReadTracesOptions, readTraces } from "./formats/trace-folder";
export { formatTraceLines, parseTrace, type TraceLine } from "./formats/trace-lines";
export { createTraceWriter, type TraceWriter } from "./formats/trace-writer";
export { answerTask, type EvaluationTask, readEvaluationTask } from "./metrics/answer-task";
export { chrF } from "./metrics/chr-f";
export {
  evaluatePredictions,
  type Metric,
  officialAnswer,
  taskMetrics,
} from "./metrics/evaluate-predictions";
export { exactMatch } from "./metrics/exact-match";
export { intentMatch, intentText } from "./metrics/intent-match";
export { judgeScore } from "./metrics/judge-score";
export { rougeL } from "./metrics/rouge-l";
export type * from "./routed-model";
export {
  type AverageOptions,
  deadExperts,
  type ExpertScores,
  type GateScoreOptions,
  type LayerScores,
  scoresFromTotals,
} from "./scoring/expert-scores";
export {
  addRoute,
  createLayerTotals,
  type LayerTotals,
  type RouteNumbers,
} from "./scoring/layer-totals";
export type { RouteRecorder } from "./scoring/observe-routes";
export { type ScoreBatchesOptions, scoreBatches } from "./scoring/score-batches";
export { type ScoreBlocksOptions, type StreamedBlock, scoreBlocks } from "./scoring/score-blocks";
export { type ScoreEvent, type ScoreOptions, scoreExperts } from "./scoring/score-experts";
export { scoreFolder } from "./scoring/score-folder";
export {
  type GateFunction,
  type LayerScoreEvent,
  type LazyTensors,
  type RouterInputs,
  type ScoreRoutersOptions,
  scoreRouters,
} from "./scoring/score-routers";
export { type AdapterSize, adapterSize } from "./selection/adapter-size";
export { checkExpertConfig } from "./selection/check-expert-config";
export type { ExpertConfig } from "./selection/expert-config";
export { type FreezableModel, type FreezeOptions, freezeExcept } from "./selection/freeze-except";
export {
  type Selection,
  type SelectionWarning,
  type SelectOptions,
  selectExperts,
  topPExperts,
} from "./selection/select-experts";
export {
  type RandomSelectionOptions,
  selectRandomExperts,
} from "./selection/select-random-experts";
export { trainedWeights } from "./selection/trained-weights";
export { type PreparedModel, prepareTuning, type TuningMethod } from "./tuning/prepare-tuning";
