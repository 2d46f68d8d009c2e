import { type EncodedChat, type PackedBatch, packedBatch, packWhole } from "@deepgrain/lm";
import { UsageError } from "../usage-error";

export interface MeasuringOptions {
  /** Longest conversation that is measured. */
  sequenceLength: number;
  batchSize: number;
  padTokenId: number;
}

/** Conversations to measure on. */
export interface Measuring {
  batches: PackedBatch[];
  /** Conversations given. */
  conversations: number;
  /** Those that are longer than a sequence, and in no batch. */
  tooLong: number;
}

/**
 * Each conversation once and whole, with none seeing another: the mean loss over the batches is that over the
 * conversations, each alone, whatever the sequence length. What does not fit is counted. Rows are as long as the longest
 * conversation that fits.
 * @throws {UsageError} when none fits
 */
export function measuringBatches(
  samples: readonly EncodedChat[],
  { batchSize, sequenceLength, padTokenId }: MeasuringOptions,
): Measuring {
  const sizes = samples.map(({ inputIds }) => inputIds.length);
  const fitting = sizes.filter((size) => size <= sequenceLength);
  if (fitting.length === 0 && samples.length > 0) {
    const shortest = sizes.reduce((least, size) => Math.min(least, size));
    throw new UsageError(
      `none of the ${samples.length} conversations fits a sequence of ${sequenceLength} tokens; the shortest has ${shortest}`,
    );
  }
  const longest = fitting.reduce((most, size) => Math.max(most, size), 2);
  const { rows, tooLong } = packWhole(samples, { sequenceLength: longest, padTokenId });
  const batches: PackedBatch[] = [];
  for (let at = 0; at < rows.length; at += batchSize)
    batches.push(packedBatch(rows.slice(at, at + batchSize)));
  return { batches, conversations: samples.length, tooLong };
}
