import { optionsOf, refuseUnknown } from "../errors";
import type { LabelledBatch } from "../model/token-batch";

/**
 * The first blocks of a stream of tokens, in order, as batches to measure on. The last batch may have fewer rows.
 * @param options.blockLength tokens of a row; what does not fill one is left out
 * @param options.batchSize rows per batch
 * @param options.blocks how many rows in all; default: as many as there are
 */
export function sequentialBatches(
  tokens: Int32Array,
  options: { blockLength: number; batchSize: number; blocks?: number | undefined },
): LabelledBatch[] {
  const where = "sequentialBatches";
  const { blockLength, batchSize, blocks = Infinity, ...rest } = optionsOf(where, options);
  refuseUnknown(where, rest);
  const count = Math.min(blocks, Math.floor(tokens.length / blockLength));
  const batches: LabelledBatch[] = [];
  for (let at = 0; at < count; at += batchSize) {
    const batch = Math.min(batchSize, count - at);
    const ids = tokens.subarray(at * blockLength, (at + batch) * blockLength);
    batches.push({ ids, batch, length: blockLength });
  }
  return batches;
}
