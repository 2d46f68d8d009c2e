export type { Provenance } from "@deepgrain/support/files";
export * from "@deepgrain/support/pages";
export * from "./charts/bars";
export * from "./charts/curves";
export {
  type Axis,
  colorScale,
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
export * from "./claims/claims-table";
export * from "./claims/judge";
export type { JudgedClaim, JudgedSide, Judgement, Outcome } from "./claims/verdict";
export { LabError, type LabErrorCode } from "./errors";
export * from "./report/study-report";
export { drain } from "./run/events";
export * from "./run/executor";
export type { RunStudyOptions } from "./run/plan";
export * from "./run/run-study";
export * from "./run/study-event";
export * from "./statistics/holm";
export * from "./statistics/paired-difference";
export { study } from "./study/check-study";
export * from "./study/runs";
export * from "./study/study";
