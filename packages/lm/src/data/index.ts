export {
  type ConversationBatches,
  type ConversationBatchesOptions,
  conversationBatches,
} from "./conversation-batches";
export {
  type PackConversationsOptions,
  type PackedBlock,
  packConversations,
} from "./pack-conversations";
export { type PackedSequences, type PackSequencesOptions, packSequences } from "./pack-sequences";
