import { type EncodedChat, ignoreIndex, type LabelledBatch } from "@deepgrain/lm";
import { AlignError, listOf, optionsOf, refuseUnknown, whole } from "../errors";
import type { EncodedPair } from "./encode";
import { shuffled } from "./shuffled";

/** n pairs as 2n sequences, chosen ones first, padded on the right. */
export interface PreferenceBatch extends LabelledBatch {
  labels: Int32Array;
  attentionMask: Uint8Array;
  /** Indices of these pairs; [n]. */
  pairs: readonly number[];
}

/** Options of {@link preferenceBatches}. */
export interface PreferenceBatchesOptions {
  /** Pairs per batch, at least 1. Default 8. */
  batchSize?: number | undefined;
  /** Pads shorter sequences; masked. Default 0. */
  padTokenId?: number | undefined;
  /** Determines the order. Default 0. */
  seed?: number | undefined;
}

/** Sequences as one batch, padded on the right. */
export function collateChats(chats: readonly EncodedChat[], padTokenId = 0) {
  const length = Math.max(...chats.map(({ inputIds }) => inputIds.length));
  const size = chats.length * length;
  const ids = new Int32Array(size).fill(padTokenId);
  const labels = new Int32Array(size).fill(ignoreIndex);
  const attentionMask = new Uint8Array(size);
  for (const [row, chat] of chats.entries()) {
    ids.set(chat.inputIds, row * length);
    labels.set(chat.labels, row * length);
    attentionMask.fill(1, row * length, row * length + chat.inputIds.length);
  }
  return { ids, labels, attentionMask, batch: chats.length, length };
}

/** Collates the pairs with the given indices, which must exist. */
export function collatePairs(
  all: readonly EncodedPair[],
  pairs: readonly number[],
  padTokenId = 0,
): PreferenceBatch {
  const chats: EncodedChat[] = [
    ...pairs.map((index) => all[index]!.chosen),
    ...pairs.map((index) => all[index]!.rejected),
  ];
  return { ...collateChats(chats, padTokenId), pairs };
}

/**
 * Batches of pairs by position, for any number of epochs, in an order that is determined by (seed, epoch). A run is
 * resumed by continuing from its position. A batch may extend into the next epoch.
 *
 * @throws {AlignError} `ERR_MISSING` without pairs; `ERR_RANGE` for an option or a position out of range
 */
export function preferenceBatches(
  all: readonly EncodedPair[],
  options: PreferenceBatchesOptions = {},
): { batch(position: number): PreferenceBatch } {
  const {
    batchSize = 8,
    padTokenId = 0,
    seed = 0,
    ...rest
  } = optionsOf("preferenceBatches", options);
  refuseUnknown("preferenceBatches", rest);
  listOf("preferenceBatches", "all", all);
  whole("preferenceBatches", "batchSize", batchSize, { min: 1 });
  whole("preferenceBatches", "padTokenId", padTokenId, { min: 0 });
  whole("preferenceBatches", "seed", seed, { min: 0 });
  if (all.length === 0)
    throw new AlignError("ERR_MISSING", "align/preferenceBatches: there are no pairs");
  const pairAt = shuffled(all.length, seed);
  return {
    batch(position) {
      whole("preferenceBatches", "position", position, { min: 0 });
      const pairs = Array.from({ length: batchSize }, (_, i) => pairAt(position * batchSize + i));
      return collatePairs(all, pairs, padTokenId);
    },
  };
}
