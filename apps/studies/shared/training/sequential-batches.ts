import type { LabelledBatch } from "@deepgrain/lm";

/**
 * The first blocks of a stream of tokens, in order, as batches to measure on. The last batch may have fewer rows.
 * @param options.blocks default: all
 */
export function sequentialBatches(
  tokens: Int32Array,
  {
    blockLength,
    batchSize,
    blocks = Infinity,
  }: { blockLength: number; batchSize: number; blocks?: number },
): LabelledBatch[] {
  const count = Math.min(blocks, Math.floor(tokens.length / blockLength));
  const batches: LabelledBatch[] = [];
  for (let at = 0; at < count; at += batchSize) {
    const batch = Math.min(batchSize, count - at);
    const ids = tokens.subarray(at * blockLength, (at + batch) * blockLength);
    batches.push({ ids, batch, length: blockLength });
  }
  return batches;
}
