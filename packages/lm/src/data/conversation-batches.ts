import { LmError } from "../errors";
import { createRandom, permutation } from "../generation/random";
import type { EncodedChat } from "../tokenizer/encode-chat";
import { type PackedBlock, packConversations } from "./pack-conversations";

/** Packed conversations as batches by position. */
export interface ConversationBatches {
  /** Batch number `position` of the run; `ids` and `labels` have shape [batch × length]. */
  batch(position: number): { ids: Int32Array; labels: Int32Array; batch: number; length: number };
}

/** Options of {@link conversationBatches}. */
export interface ConversationBatchesOptions {
  /** Tokens in a sequence, at least 2. */
  sequenceLength: number;
  /** Fills the last block; these positions are never trained. */
  padTokenId: number;
  /** Sequences in a batch. Default 1. */
  batchSize?: number;
  /** See {@link packConversations}. Default 0.2. */
  randomConcatRatio?: number;
  /** Decides order and packing. Default 0. */
  seed?: number;
}

/**
 * Returns training batches of packed conversations, epoch after epoch without end. Order and packing of an epoch
 * follow from (seed, epoch), so a run is resumed by going on from its position. An epoch's number of
 * sequences may differ from the next one's, as packing is random: epochs before a position are packed again.
 *
 * @param samples at least one, as {@link encodeChat} gives them; kept, not copied
 * @throws {LmError} `ERR_RANGE` when there are no tokens, or an option or a position is outside its range; `ERR_SHAPE`
 *   when a sample's ids and labels differ in length
 */
export function conversationBatches(
  samples: readonly EncodedChat[],
  { batchSize = 1, seed = 0, ...options }: ConversationBatchesOptions,
): ConversationBatches {
  if (!samples.some(({ inputIds }) => inputIds.length > 1))
    throw new LmError(
      "ERR_RANGE",
      "lm/conversationBatches: there are no samples of two tokens or more",
    );
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new LmError(
      "ERR_RANGE",
      `lm/conversationBatches: batchSize must be at least 1, got ${batchSize}`,
      { fields: { batchSize } },
    );
  const { sequenceLength } = options;

  function pack(epoch: number): PackedBlock[] {
    const random = createRandom([seed, epoch]).next;
    const order = Array.from(permutation(samples.length, random), (i) => samples[i]!);
    return [...packConversations(order, { ...options, random })];
  }

  let epoch = 0;
  let before = 0; // blocks of earlier epochs
  let blocks = pack(0);
  function block(position: number): PackedBlock {
    if (position < before) {
      epoch = 0;
      before = 0;
      blocks = pack(0);
    }
    while (position >= before + blocks.length) {
      before += blocks.length;
      blocks = pack(++epoch);
    }
    return blocks[position - before]!;
  }

  return {
    batch(position) {
      if (!Number.isSafeInteger(position) || position < 0)
        throw new LmError(
          "ERR_RANGE",
          `lm/conversationBatches: position must be at least 0, got ${position}`,
          { fields: { position } },
        );
      const ids = new Int32Array(batchSize * sequenceLength);
      const labels = new Int32Array(batchSize * sequenceLength);
      for (let row = 0; row < batchSize; row++) {
        const packed = block(position * batchSize + row);
        ids.set(packed.inputIds, row * sequenceLength);
        labels.set(packed.labels, row * sequenceLength);
      }
      return { ids, labels, batch: batchSize, length: sequenceLength };
    },
  };
}
