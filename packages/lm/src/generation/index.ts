export { badWords } from "./bad-words";
export {
  createProcessors,
  type ProcessorContext,
  type ProcessorOptions,
} from "./create-processors";
export { forcedBos, forcedEos } from "./forced-tokens";
export { composeProcessors, type LogitsProcessor } from "./logits-processor";
export { minP } from "./min-p";
export { noRepeatNgram } from "./no-repeat-ngram";
export { createRandom, permutation, type Random } from "./random";
export { repetitionPenalty } from "./repetition-penalty";
export type { AsyncLogitsProcessor, Sampler, TokenScore } from "./sample-token";
export { greedy, multinomial } from "./sampling";
export {
  type StoppingCriterion,
  type StopReason,
  stopAfterTokens,
  stopAtAny,
  stopAtStrings,
  stopAtTokens,
  truncateAtStrings,
} from "./stopping";
export { beginSuppressTokens, minLength, minNewTokens, suppressTokens } from "./suppress-tokens";
export { temperature } from "./temperature";
export { type TextStream, type TextStreamOptions, textStream } from "./text-stream";
export { topK } from "./top-k";
export { topP } from "./top-p";
export { typicalP } from "./typical-p";
