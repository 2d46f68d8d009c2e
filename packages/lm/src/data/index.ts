export { checkWords, type WordCheck } from "./check-words";
export {
  type ConversationBatches,
  type ConversationBatchesOptions,
  conversationBatches,
  type PackingReport,
} from "./conversation-batches";
export { measuringBatches } from "./measuring-batches";
export { mixedBatches } from "./mixed-batches";
export { generalRows, type MixedText, mixedTexts, withGeneralRows } from "./mixed-texts";
export {
  type PackConversationsOptions,
  packConversations,
} from "./pack-conversations";
export { type PackedSequences, type PackSequencesOptions, packSequences } from "./pack-sequences";
export {
  type PackedBatch,
  type PackWholeOptions,
  packedBatch,
  packWhole,
} from "./pack-whole";
export { sequentialBatches } from "./sequential-batches";
export { unigramEntropy } from "./unigram-entropy";
