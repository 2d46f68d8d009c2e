export { checkWords, type WordCheck } from "./check-words";
export {
  type ConversationBatchesOptions,
  conversationBatches,
  type PackingReport,
} from "./conversation-batches";
export { measuringBatches } from "./measuring-batches";
export { mixedBatches } from "./mixed-batches";
export { generalRows, type MixedText, mixedTexts, withGeneralRows } from "./mixed-texts";
export { packSequences } from "./pack-sequences";
export { type PackedBatch, packedBatch, packWhole } from "./pack-whole";
export { sequentialBatches } from "./sequential-batches";
export { unigramEntropy } from "./unigram-entropy";
