import { AnchorsError, listOf, optionsOf, refuseUnknown, whole } from "../errors";
import type { Answer } from "../run/answers";
import { meanOf } from "../support/mean";

function assertPairs(place: string, a: readonly unknown[], b: readonly unknown[]): void {
  if (a.length === b.length && a.length > 0) return;
  throw new AnchorsError(
    "ERR_SHAPE",
    `icl-anchors/${place}: needs as many modified answers as original ones, at least one, got ${b.length} and ${a.length}`,
  );
}

/**
 * Share of the prompts whose predicted class stays the same.
 * @throws {AnchorsError} `ERR_SHAPE` for lists of different lengths, or empty ones
 * @see Wang et al. 2023, section 2.2
 */
export function labelLoyalty(
  original: readonly Pick<Answer, "prediction">[],
  modified: readonly Pick<Answer, "prediction">[],
): number {
  listOf("labelLoyalty", "original", original);
  assertPairs("labelLoyalty", original, modified);
  return meanOf(original.map((answer, i) => +(answer.prediction === modified[i]!.prediction)));
}

/**
 * Mean Jaccard similarity |A ∩ B| / |A ∪ B| of the `k` most likely tokens before and after. The paper defines k = 5; the
 * isolation notebook of its code uses 10.
 *
 * @param options.k number of tokens compared, at most the number in the answers; default 5
 * @throws {AnchorsError} `ERR_SHAPE` for lists of different lengths, or empty ones; `ERR_RANGE` for k
 * @see Wang et al. 2023, section 2.2
 */
export function wordLoyalty(
  original: readonly Pick<Answer, "topTokens">[],
  modified: readonly Pick<Answer, "topTokens">[],
  options: { k?: number | undefined } = {},
): number {
  listOf("wordLoyalty", "original", original);
  const { k = 5, ...rest } = optionsOf("wordLoyalty", options);
  refuseUnknown("wordLoyalty", rest);
  assertPairs("wordLoyalty", original, modified);
  return meanOf(
    original.map(({ topTokens }, i) => {
      const other = modified[i]!.topTokens;
      whole("wordLoyalty", "k", k, {
        min: 1,
        max: Math.min(topTokens.length, other.length),
      });
      const before = new Set(topTokens.subarray(0, k));
      let both = 0;
      for (const token of other.subarray(0, k)) if (before.has(token)) both++;
      return both / (2 * k - both);
    }),
  );
}
