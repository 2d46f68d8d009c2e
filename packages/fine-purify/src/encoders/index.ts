/**
 * Attack, fine-tune, purify and evaluate text encoders.
 *
 * @packageDocumentation
 */
export { attackEncoder } from "./attack-encoder";

export { type Defender, defenderFisher, type EncoderDefence, encoderDefences } from "./defences";
export { defendEncoder, meanDefence } from "./defend-encoder";
export {
  cleanFisher,
  cleanFisherNeed,
  encoderFisherNeed,
  encoderPasses,
  encoderRowLosses,
} from "./encoder-fisher";
export { measureAttack } from "./measure-attack";
export { onionFilter } from "./onion-filter";
export { maskedPerplexities } from "./perplexities";
export { chooseRho, initialWeights, tuneCheckpoint, writeCleanFisher } from "./purify-checkpoint";
export {
  predictRows,
  type RowClassifier,
  rowAccuracy,
  setWeights,
  tokenBatch,
  weightsOf,
} from "./row-classifier";
export { rapScreen, type Screen, screenedClasses, stripScreen } from "./screens";
export { textDefence } from "./text-defence";
export { type TextClassifier, type TextRow, textClassifier, textRow } from "./text-rows";
