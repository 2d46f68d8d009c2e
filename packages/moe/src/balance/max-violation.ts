import { listOf, MoeError } from "../errors";

/**
 * (max c − mean c) / mean c: 0 in perfect balance, N' − 1 when one of N' experts gets everything, 0 without any
 * choices.
 *
 * @param counts choices of each expert, of one batch (MaxVio_batch) or a complete validation set (MaxVio_global)
 * @throws {MoeError} `ERR_RANGE` for no experts, or a negative or non-finite count
 * @see Wang et al. 2024 (arXiv 2408.15664), equation 4
 */
export function maxViolation(counts: ArrayLike<number>): number {
  listOf("maxViolation", "counts", counts);
  if (counts.length === 0)
    throw new MoeError("ERR_RANGE", "moe/maxViolation: there are no experts");
  let [total, largest] = [0, 0];
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (!(count >= 0 && count < Infinity))
      throw new MoeError(
        "ERR_RANGE",
        `moe/maxViolation: counts must be finite and at least 0, got ${count} for expert ${i}`,
        { fields: { expert: i, count } },
      );
    total += count;
    largest = Math.max(largest, count);
  }
  const mean = total / counts.length;
  return mean === 0 ? 0 : (largest - mean) / mean;
}
