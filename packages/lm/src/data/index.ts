export {
  type ConversationBatchesOptions,
  conversationBatches,
  type PackingReport,
} from "./conversation-batches";
export { packConversations } from "./pack-conversations";
export { packSequences } from "./pack-sequences";
export { type PackedBatch, packedBatch, packWhole } from "./pack-whole";
