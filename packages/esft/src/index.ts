export { applyAdapter, removeAdapter, switchAdapter } from "./adapter/apply-adapter";
export { openAdapter } from "./adapter/open-adapter";
export { putAdapter } from "./adapter/put-adapter";
export { saveAdapter } from "./adapter/save-adapter";
export { compareSamples } from "./analysis/compare-samples";
export { concentrationCurve, meanConcentration } from "./analysis/concentration-curve";
export { expertOverlap, overlapMatrix } from "./analysis/expert-overlap";
export { groupExperts } from "./analysis/group-experts";
export { groupModel } from "./analysis/group-model";
export { groupedRouter, groupScores } from "./analysis/grouped-routing";
export { inspectText, type TextUse } from "./analysis/inspect-text";
export { createRouteRecording, sampleAgreement } from "./analysis/sample-agreement";
export { EsftError, type EsftErrorCode } from "./errors";
export { layoutFromConfig } from "./families/layout-from-config";
export type { MoeFamily, MoeLayout } from "./families/moe-layout";
export {
  formatExpertConfig,
  parseExpertConfig,
  readExpertConfig,
  writeExpertConfig,
} from "./formats/expert-config-file";
export * from "./formats/score-folder";
export { checkScoresFit, formatSummary, parseSummary } from "./formats/score-summary";
export * from "./formats/task-data";
export * from "./formats/task-file";
export { readTaskSamples } from "./formats/task-samples";
export { readTraces } from "./formats/trace-folder";
export { formatTraceLines, parseTrace } from "./formats/trace-lines";
export { createTraceWriter } from "./formats/trace-writer";
export { answerTask, readEvaluationTask } from "./metrics/answer-task";
export { chrF } from "./metrics/chr-f";
export { evaluatePredictions, officialAnswer } from "./metrics/evaluate-predictions";
export { exactMatch } from "./metrics/exact-match";
export { intentMatch } from "./metrics/intent-match";
export { judgeScore } from "./metrics/judge-score";
export { rougeL } from "./metrics/rouge-l";
export type * from "./routed-model";
export {
  deadExperts,
  type ExpertScores,
  type LayerScores,
  scoresFromTotals,
} from "./scoring/expert-scores";
export { scoreBatches } from "./scoring/score-batches";
export { scoreBlocks } from "./scoring/score-blocks";
export { type ScoreEvent, scoreExperts } from "./scoring/score-experts";
export { scoreFolder } from "./scoring/score-folder";
export { scoreRouters } from "./scoring/score-routers";
export { adapterSize } from "./selection/adapter-size";
export type { ExpertConfig } from "./selection/expert-config";
export { freezeExcept } from "./selection/freeze-except";
export {
  type Selection,
  type SelectionWarning,
  type SelectOptions,
  selectExperts,
  topPExperts,
} from "./selection/select-experts";
export { selectRandomExperts } from "./selection/select-random-experts";
export { type PreparedModel, prepareTuning, type TuningMethod } from "./tuning/prepare-tuning";
