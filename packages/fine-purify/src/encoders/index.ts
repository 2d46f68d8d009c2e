export { type AttackEncoderOptions, attackEncoder } from "./attack-encoder";
export { type AttackLossOptions, type AttackWay, attackLoss, layerLogits } from "./attack-loss";
export {
  type Defender,
  defenderFisher,
  type EncoderDefence,
  encoderDefences,
  maskedBy,
} from "./defences";
export { type DefendOptions, defendEncoder, type MeanDefence, meanDefence } from "./defend-encoder";
export {
  type CleanFisherOptions,
  cleanFisher,
  cleanFisherNeed,
  encoderFisherNeed,
  encoderPasses,
  encoderRowLosses,
  type FisherKind,
} from "./encoder-fisher";
export { type OnionFilterOptions, onionFilter, type WordFilter } from "./onion-filter";
export {
  type CausalPerplexityOptions,
  causalPerplexities,
  type MaskedPerplexityOptions,
  maskedPerplexities,
} from "./perplexities";
export {
  type ChooseRhoOptions,
  chooseRho,
  initialWeights,
  tuneCheckpoint,
  writeCleanFisher,
} from "./purify-checkpoint";
export {
  batchesOf,
  type FrameIds,
  type PassOptions,
  predictRows,
  type RowClassifier,
  rowAccuracy,
  rowLoss,
  rowProbabilities,
  setWeights,
  tokenBatch,
  weightsOf,
} from "./row-classifier";
export {
  type RapScreenOptions,
  rapScreen,
  type Screen,
  type ScreenOptions,
  type StripScreenOptions,
  screenedClasses,
  stripScreen,
} from "./screens";
export { attentionHeads, feedForwardUnits, wordTableName } from "./units";
