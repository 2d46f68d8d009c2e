export { type MaskedBatchOptions, maskedBatch } from "./masked-batch";
export {
  classifierOf,
  languageModelOf,
  type PretrainOptions,
  pretrainEncoder,
} from "./pretrain";
export { smallEncoderConfig } from "./small-encoder";
export {
  countIds,
  type EncoderTask,
  FRAME,
  MASK,
  type TaskSizes,
  type TokenRow,
} from "./task";
export { topicTask } from "./topic-task";
export { wordsOf, wordVocabulary } from "./word-vocabulary";
