/**
 * Graph neural networks, and their training with re-weighted nodes.
 *
 * @packageDocumentation
 */
export { wholeGraph } from "./data/edge-block";
export type { Multiply } from "./data/feature-product";
export type { Features, SparseFeatures } from "./data/features";
export { GraphBatch } from "./data/graph-batch";
export { fromCitation, fromGraph, type NodeData } from "./data/node-data";

export { type LossName, lossNames } from "./losses/loss-names";
export { nodeLoss } from "./losses/node-losses";

export { ChebNet } from "./models/cheb-net";

export { Gcn } from "./models/gcn";

export { GraphSmote } from "./models/graph-smote";
export { trainPprgo } from "./pprgo/train-pprgo";

export { balancedSplit } from "./splits/balanced-split";
export { type ImbalanceLevels, imbalanceLevels } from "./splits/imbalance-levels";
export type { NodeSplit } from "./splits/node-split";
export { stepSplit } from "./splits/step-split";
export { ReplayedSteps } from "./training/replayed-steps";
export { type TrainEndEvent, type TrainEvent, trainToEnd } from "./training/train-events";
export { trainNodes } from "./training/train-nodes";
export type { TrainOptions } from "./training/train-options";

export { trainingWeights } from "./training/training-weights";
