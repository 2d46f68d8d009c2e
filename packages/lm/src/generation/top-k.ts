import { optionsOf, refuseUnknown } from "../errors";
import { checkCount, type LogitsProcessor } from "./logits-processor";
import { rankLogits } from "./rank-logits";

/** Options of the processors that remove unlikely tokens. */
export interface TruncationOptions {
  /** Minimum number of most likely tokens that are always kept. Default 1. */
  minTokensToKeep?: number | undefined;
}

/**
 * Returns the processor that keeps the `k` most likely tokens, and those that tie with the last of them.
 *
 * @param k at least 1; more than the vocabulary keeps everything
 * @throws {LmError} `ERR_RANGE` when `k` or `minTokensToKeep` is not a whole number of at least 1; the processor
 *   throws it when a score is NaN or +∞
 * @see Fan et al. 2018, "Hierarchical Neural Story Generation", section 5.3
 */
export function topK(k: number, options: TruncationOptions = {}): LogitsProcessor {
  const { minTokensToKeep = 1, ...rest } = optionsOf("topK", options);
  refuseUnknown("topK", rest);
  checkCount("topK", "k", k);
  checkCount("topK", "minTokensToKeep", minTokensToKeep);
  const kept = Math.max(k, minTokensToKeep);
  return (_inputIds, logits) => {
    const { ids } = rankLogits("topK", logits);
    if (kept >= ids.length) return logits;
    const threshold = logits[ids[kept - 1]!]!;
    for (const id of ids.subarray(kept))
      if (logits[id]! < threshold) logits[id] = Number.NEGATIVE_INFINITY;
    return logits;
  };
}
