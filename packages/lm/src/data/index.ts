export {
  type ConversationBatches,
  type ConversationBatchesOptions,
  conversationBatches,
  type PackingReport,
} from "./conversation-batches";
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
