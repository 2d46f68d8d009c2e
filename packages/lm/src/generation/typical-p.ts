import { optionsOf, refuseUnknown } from "../errors";
import { checkCount, type LogitsProcessor, rangeError } from "./logits-processor";
import { rankLogits } from "./rank-logits";
import type { TruncationOptions } from "./top-k";

/**
 * Returns the processor that keeps the tokens whose surprise is closest to the expected one, as many as reach
 * probability `mass`: with entropy H it ranks by |−log p − H|. Tokens that tie with the last one kept stay.
 *
 * @param mass above 0 and below 1
 * @throws {LmError} `ERR_RANGE` when `mass` is not between 0 and 1 or `minTokensToKeep` below 1; the processor
 *   throws it when a score is NaN or +∞
 * @see Meister et al. 2023, "Locally Typical Sampling", section 4
 */
export function typicalP(mass: number, options: TruncationOptions = {}): LogitsProcessor {
  const { minTokensToKeep = 1, ...rest } = optionsOf("typicalP", options);
  refuseUnknown("typicalP", rest);
  if (!(mass > 0 && mass < 1)) throw rangeError("typicalP", "mass", "above 0 and below 1", mass);
  checkCount("typicalP", "minTokensToKeep", minTokensToKeep);
  return (_inputIds, logits) => {
    const { ids, probabilities } = rankLogits("typicalP", logits);
    const surprise = probabilities.map((probability) => -Math.log(probability));
    // A probability that underflowed adds nothing to the entropy, and its surprise is infinite.
    const entropy = surprise.reduce(
      (sum, s, i) => (s < Infinity ? sum + probabilities[i]! * s : sum),
      0,
    );
    const distance = surprise.map((value) => Math.abs(value - entropy));
    const order = Uint32Array.from(ids.keys()).sort((a, b) => distance[a]! - distance[b]! || a - b);
    let total = 0;
    let last = 0;
    for (; last < order.length - 1; last++) {
      total += probabilities[order[last]!]!;
      if (total >= mass) break;
    }
    const threshold = distance[order[last] ?? 0]!;
    for (const [place, rank] of order.entries())
      if (place >= minTokensToKeep && distance[rank]! > threshold)
        logits[ids[rank]!] = Number.NEGATIVE_INFINITY;
    return logits;
  };
}
