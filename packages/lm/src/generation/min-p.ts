import { optionsOf, refuseUnknown } from "../errors";
import { checkCount, type LogitsProcessor, rangeError } from "./logits-processor";
import { rankLogits } from "./rank-logits";
import type { TruncationOptions } from "./top-k";

/**
 * Returns the processor that keeps tokens at least `p` times as likely as the most likely one.
 *
 * @param p from 0 to 1
 * @throws {LmError} `ERR_RANGE` when `p` is outside 0 to 1 or `minTokensToKeep` below 1; the processor throws it
 *   when a score is NaN or +∞
 * @see Nguyen et al. 2024, "Turning Up the Heat: Min-p Sampling", section 3
 */
export function minP(p: number, options: TruncationOptions = {}): LogitsProcessor {
  const { minTokensToKeep = 1, ...rest } = optionsOf("minP", options);
  refuseUnknown("minP", rest);
  if (typeof p !== "number" || !(p >= 0 && p <= 1)) throw rangeError("minP", "p", "from 0 to 1", p);
  checkCount("minP", "minTokensToKeep", minTokensToKeep);
  return (_inputIds, logits) => {
    const { ids, probabilities } = rankLogits("minP", logits);
    const threshold = p * (probabilities[0] ?? 0);
    for (let rank = minTokensToKeep; rank < ids.length; rank++)
      if (probabilities[rank]! < threshold) logits[ids[rank]!] = Number.NEGATIVE_INFINITY;
    return logits;
  };
}
