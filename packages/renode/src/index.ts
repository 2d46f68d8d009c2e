export { RenodeError, type RenodeErrorCode } from "./errors";
export { encodeNpy } from "./formats/npy";
export { scoresToCsv } from "./formats/score-csv";
export { scoreGraph, toGraphScore } from "./formats/score-graph";
export { weightVector } from "./formats/weight-vector";
export type { CsrGraph } from "./graph/csr-graph";
export type { GraphInput } from "./graph/index-graph";
export type { LabelOptions } from "./graph/labelled-nodes";
export { personalizedPagerank } from "./pagerank/personalized-pagerank";
export { influenceShift } from "./propagation/influence-shift";
export { labelPropagation } from "./propagation/label-propagation";

export { type TotoroResult, totoro } from "./totoro/totoro";

export { type RenodeOptions, type RenodeResult, renodeWeights } from "./weights/renode-weights";
export { scheduleWeights } from "./weights/schedule-weights";
