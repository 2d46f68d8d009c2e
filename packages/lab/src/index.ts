export * from "./charts/bars";
export * from "./charts/curves";
export {
  type DrawnFigure,
  type FigureOptions,
  figure,
  isNarrow,
  type Key,
  legendOf,
  seriesColor,
} from "./charts/figure";
export * from "./charts/matrix";
export type { Axis, Measured } from "./charts/measured";
export * from "./charts/scatter";
export { svgFile } from "./charts/svg-file";
export { type TokenFlowOptions, tokenFlow } from "./charts/token-flow";
export * from "./claims/claims-table";
export * from "./claims/judge";
export * from "./claims/judgement";
export { textTable } from "./claims/text-table";
export { verdictNames } from "./claims/verdict";
export * from "./errors";
export * from "./report/html";
export * from "./report/numbers";
export * from "./report/page";
export * from "./report/save-report";
export * from "./report/section";
export * from "./report/study-page";
export * from "./report/table";
export * from "./run/executor";
export type { RunStudyOptions } from "./run/plan";
export type { StudyProgress } from "./run/progress";
export { drain, type NamedRun, runStudy, type StudyEvent } from "./run/run-study";
export { saveJson, saveText } from "./run/save-json";
export { type Estimate, estimate } from "./statistics/estimate";
export * from "./statistics/holm";
export * from "./statistics/paired-difference";
export * from "./statistics/student-t";
export type { Claim } from "./study/claim";
export * from "./study/quantity";
export * from "./study/runs";
export { type RunContext, type RunEvent, type Study, study, type Variant } from "./study/study";
