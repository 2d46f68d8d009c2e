export * from "./charts/bars";
export * from "./charts/curves";
export {
  type Axis,
  type DrawnFigure,
  type FigureOptions,
  figure,
  isNarrow,
  type Key,
  legendOf,
  type Measured,
  seriesColor,
} from "./charts/figure";
export * from "./charts/matrix";
export * from "./charts/scatter";
export { svgFile } from "./charts/svg-file";
export { type TokenFlowOptions, tokenFlow } from "./charts/token-flow";
export * from "./claims/claims-table";
export * from "./claims/judge";
export {
  type JudgedClaim,
  type JudgedSide,
  type Judgement,
  type Outcome,
  verdictNames,
} from "./claims/verdict";
export * from "./errors";
export * from "./report/html";
export * from "./report/numbers";
export * from "./report/page";
export * from "./report/save-report";
export * from "./report/study-page";
export * from "./report/table";
export * from "./run/executor";
export type { RunStudyOptions } from "./run/plan";
export { drain, type NamedRun, runStudy, type StudyEvent } from "./run/run-study";
export { saveJson, saveText } from "./run/save-json";
export type { StudyProgress } from "./run/schedule";
export * from "./statistics/holm";
export * from "./statistics/paired-difference";
export * from "./statistics/student-t";
export * from "./study/quantity";
export * from "./study/runs";
export {
  type RunContext,
  type RunEvent,
  type Section,
  type SectionInput,
  type Study,
  study,
  type Variant,
} from "./study/study";
