export {
  type ConversationBatches,
  type ConversationBatchesOptions,
  conversationBatches,
  type PackingReport,
} from "./conversation-batches";
export {
  type PackConversationsOptions,
  type PackedBlock,
  packConversations,
} from "./pack-conversations";
export { type PackedSequences, type PackSequencesOptions, packSequences } from "./pack-sequences";
export {
  type PackedBatch,
  type PackWholeOptions,
  packedBatch,
  packWhole,
  type WholeRow,
  type WholeRows,
} from "./pack-whole";
