export { type AttackLossOptions, type AttackWay, attackLoss, layerLogits } from "./attack-loss";
export {
  type Defender,
  defenderFisher,
  type EncoderDefence,
  encoderDefences,
  maskedBy,
} from "./defences";
export { type DefendOptions, defendEncoder } from "./defend-encoder";
export {
  type CleanFisherOptions,
  cleanFisher,
  encoderFisherNeed,
  encoderPasses,
  encoderRowLosses,
  type FisherKind,
} from "./encoder-fisher";
export {
  batchesOf,
  type FrameIds,
  predictRows,
  type RowClassifier,
  rowAccuracy,
  rowLoss,
  setWeights,
  tokenBatch,
  weightsOf,
} from "./row-classifier";
export { attentionHeads, feedForwardUnits, wordTableName } from "./units";
