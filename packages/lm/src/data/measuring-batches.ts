import { LmError, listOf, optionsOf, refuseUnknown } from "../errors";
import type { EncodedChat } from "../tokenizer/encode-chat";
import { type PackedBatch, packedBatch, packWhole } from "./pack-whole";

/**
 * Batches that hold each conversation once, whole and isolated from the others: their mean loss is the mean over all
 * conversations, whatever the sequence length. Rows are as long as the longest conversation that fits.
 *
 * @param samples as `encodeChat` gives them
 * @param options.sequenceLength longest conversation that is measured, in tokens
 * @param options.batchSize rows per batch
 * @returns batches, the number of `conversations` given, and how many were `tooLong` and are in no batch
 * @throws {LmError} `ERR_RANGE` when there are conversations but none fits
 */
export function measuringBatches(
  samples: readonly EncodedChat[],
  options: { sequenceLength: number; batchSize: number; padTokenId: number },
): { batches: PackedBatch[]; conversations: number; tooLong: number } {
  const { sequenceLength, batchSize, padTokenId, ...rest } = optionsOf("measuringBatches", options);
  refuseUnknown("measuringBatches", rest);
  listOf("measuringBatches", "samples", samples);
  const sizes = samples.map(({ inputIds }) => inputIds.length);
  const fitting = sizes.filter((size) => size <= sequenceLength);
  if (fitting.length === 0 && samples.length > 0) {
    const shortest = sizes.reduce((least, size) => Math.min(least, size));
    throw new LmError(
      "ERR_RANGE",
      `lm/measuringBatches: none of the ${samples.length} conversations fits a sequence of ${sequenceLength} tokens; the shortest has ${shortest}`,
      { fields: { sequenceLength, shortest } },
    );
  }
  const longest = fitting.reduce((most, size) => Math.max(most, size), 2);
  const { rows, tooLong } = packWhole(samples, { sequenceLength: longest, padTokenId });
  const batches: PackedBatch[] = [];
  for (let at = 0; at < rows.length; at += batchSize)
    batches.push(packedBatch(rows.slice(at, at + batchSize)));
  return { batches, conversations: samples.length, tooLong };
}
