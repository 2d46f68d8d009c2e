/** Tokens of a batch, padding included. */
const BATCH_TOKENS = 4096;

/**
 * The places of rows that are read together: of similar length, and no more tokens than a batch may have.
 * @param lengths tokens of each row
 */
export function rowBatches(lengths: readonly number[]): number[][] {
  const order = [...lengths.keys()].sort((a, b) => lengths[a]! - lengths[b]!);
  const batches: number[][] = [];
  for (const row of order) {
    const last = batches.at(-1);
    if (last && (last.length + 1) * lengths[row]! <= BATCH_TOKENS) last.push(row);
    else batches.push([row]);
  }
  return batches;
}
