// Learning from long-tailed data: strategies, what clients do, losses and splits. It knows no transport.
export { classCounts, type Dataset, rowsByClass, selectRows } from "./data/dataset";
export { meanPool } from "./data/mean-pool";
export {
  type LongTailSplit,
  type PartitionName,
  splitLongTail,
} from "./data/split-long-tail";
export { createClassifier } from "./local/create-classifier";
export { createTrainer } from "./local/create-trainer";
export type { Encoder } from "./local/encoder";
export { withoutSupplementary } from "./local/heads";
export type { LocalConfig } from "./local/local-config";
export { mlpEncoder } from "./local/mlp-encoder";
export { classifierTest, evaluateClassifier } from "./local/predict";
export type { AccuracyReport } from "./metrics/accuracy";
export {
  type Aggregator,
  coordinateMedian,
  krum,
  trimmedMean,
  weightedMean,
} from "./strategies/aggregators";
export { climb } from "./strategies/climb";
export { creff } from "./strategies/creff/creff";
export { ditto } from "./strategies/ditto";
export { dpFedAvg } from "./strategies/dp-fed-avg";
export { fedAvg, fedFocal, fedProx } from "./strategies/fed-avg";
export { fedDyn } from "./strategies/fed-dyn";
export { fedNova } from "./strategies/fed-nova";
export { diLoCo, fedAdam, fedAvgM, fedYogi } from "./strategies/fed-opt";
export { logitAdjustment } from "./strategies/logit-adjustment";
export { moon } from "./strategies/moon";
export { normaliseRows, retrainHead } from "./strategies/post-training";
export { type RatioLossOptions, ratioLoss } from "./strategies/ratio-loss";
export { redGrape } from "./strategies/redgrape/red-grape";
export { scaffold } from "./strategies/scaffold";
