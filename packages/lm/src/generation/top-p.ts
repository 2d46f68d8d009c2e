import { optionsOf, refuseUnknown } from "../errors";
import { checkCount, type LogitsProcessor, rangeError } from "./logits-processor";
import { rankLogits } from "./rank-logits";
import type { TruncationOptions } from "./top-k";

/**
 * Returns the processor that keeps the smallest set of most likely tokens whose probabilities reach `p`: it removes
 * tokens from the least likely on, while the removed probability stays at or below 1 − p. Of equal tokens, those with
 * lower ids are kept first.
 *
 * @param p from 0 to 1
 * @throws {LmError} `ERR_RANGE` when `p` is outside 0 to 1 or `minTokensToKeep` below 1; the processor throws it
 *   when a score is NaN or +∞
 * @see Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", section 3.1
 */
export function topP(p: number, options: TruncationOptions = {}): LogitsProcessor {
  const { minTokensToKeep = 1, ...rest } = optionsOf("topP", options);
  refuseUnknown("topP", rest);
  if (typeof p !== "number" || !(p >= 0 && p <= 1)) throw rangeError("topP", "p", "from 0 to 1", p);
  checkCount("topP", "minTokensToKeep", minTokensToKeep);
  return (_inputIds, logits) => {
    const { ids, probabilities } = rankLogits("topP", logits);
    let cut = 0;
    for (let rank = ids.length - 1; rank >= minTokensToKeep; rank--) {
      cut += probabilities[rank]!;
      if (cut > 1 - p) break;
      logits[ids[rank]!] = Number.NEGATIVE_INFINITY;
    }
    return logits;
  };
}
