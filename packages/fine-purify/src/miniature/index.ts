/**
 * A small task with a backdoor, and encoders that learn it in seconds.
 *
 * @packageDocumentation
 */
export { classifierOf, languageModelOf, pretrainEncoder } from "./pretrain";
export { smallEncoderConfig } from "./small-encoder";
export { countIds, type EncoderTask, FRAME, MASK, type TokenRow } from "./task";
export { type TextEncoder, type TextEncoderOptions, trainTextEncoder } from "./text-encoder";
export { topicTask } from "./topic-task";
export { wordsOf, wordVocabulary } from "./word-vocabulary";
