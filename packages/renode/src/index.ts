export { RenodeError, type RenodeErrorCode } from "./errors";
export { encodeNpy } from "./formats/npy";
export { scoresToCsv } from "./formats/score-csv";
export { type GraphScore, type NodeScore, scoreGraph, toGraphScore } from "./formats/score-graph";
export { weightVector } from "./formats/weight-vector";
export type { CsrGraph } from "./graph/csr-graph";
export type { EdgeWeightOptions, EdgeWeightSource, GraphInput } from "./graph/index-graph";
export type { LabelOptions } from "./graph/labelled-nodes";
export type { Label, NodeSource } from "./graph/node-values";
export type { InfluenceOptions } from "./pagerank/options";
export {
  type InfluenceRows,
  type PagerankOptions,
  personalizedPagerank,
} from "./pagerank/personalized-pagerank";
export type { SparseRows } from "./pagerank/sparse-rows";
export type { PropagationOptions } from "./propagation/class-influence";
export { type InfluenceShiftResult, influenceShift } from "./propagation/influence-shift";
export { labelPropagation } from "./propagation/label-propagation";
export type { EndEvent, ProgressEvent, RunOptions } from "./steps";
export type { RowNormalize } from "./totoro/normalize-row";
export type { PushAccuracy } from "./totoro/pushed-conflict";
export { type TotoroOptions, type TotoroResult, totoro } from "./totoro/totoro";
export type { RenodeWarning } from "./totoro/warnings";
export { type RenodeOptions, type RenodeResult, renodeWeights } from "./weights/renode-weights";
export {
  type ScheduledWeights,
  type ScheduleOptions,
  scheduleWeights,
} from "./weights/schedule-weights";
