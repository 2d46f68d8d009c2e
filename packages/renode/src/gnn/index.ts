export { type TamInput, type TamOptions, tamMargins } from "./balancing/tam";
export { type EdgeBlock, wholeGraph } from "./data/edge-block";
export type { Multiply } from "./data/feature-product";
export {
  type DenseFeatures,
  type Features,
  identityFeatures,
  type SparseFeatures,
} from "./data/features";
export { GraphBatch } from "./data/graph-batch";
export {
  type CitationInput,
  type FromGraphOptions,
  fromCitation,
  fromGraph,
  type NodeData,
} from "./data/node-data";
export { type AttentionPattern, disposeOperator, type Operator } from "./data/operator";
export {
  type LossName,
  type LossOptions,
  lossNames,
  type NodeLoss,
  nodeLoss,
} from "./losses/node-losses";
export { type ClassificationScores, classificationScores } from "./metrics/classification-scores";
export { Appnp, Ppnp } from "./models/appnp";
export { ChebNet } from "./models/cheb-net";
export {
  type CreateModelOptions,
  createModel,
  type ModelName,
  modelNames,
} from "./models/create-model";
export { Gat } from "./models/gat";
export { Gcn } from "./models/gcn";
export { GraphModel, type ModelSizes, type TrainingView } from "./models/graph-model";
export { GraphSage } from "./models/graph-sage";
export { GraphSmote, type GraphSmoteOptions } from "./models/graph-smote";
export { influenceOperator } from "./models/influence-operator";
export { Sgc } from "./models/sgc";
export type { PprgoEndEvent, PprgoEpochEvent, PprgoOptions } from "./pprgo/pprgo-options";
export { trainPprgo } from "./pprgo/train-pprgo";
export { blockSampler, type SampledBlock } from "./sampling/sample-block";
export { type BalancedSplitOptions, balancedSplit } from "./splits/balanced-split";
export {
  type ImbalanceLevelOptions,
  type ImbalanceLevels,
  imbalanceLevels,
  type ScoredSplit,
} from "./splits/imbalance-levels";
export type { ClassList, NodeSplit } from "./splits/node-split";
export { type StepSplitOptions, stepSplit } from "./splits/step-split";
export { canReplay, ReplayedSteps } from "./training/replayed-steps";
export {
  type EpochEvent,
  type TrainEndEvent,
  type TrainEvent,
  trainToEnd,
} from "./training/train-events";
export { trainNodes } from "./training/train-nodes";
export type { NeighbourSampling, TrainOptions } from "./training/train-options";
export type { StepNodes } from "./training/train-step";
export { trainingWeights } from "./training/training-weights";
