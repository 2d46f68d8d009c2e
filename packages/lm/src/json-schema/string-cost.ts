import type { Grammar } from "./grammar";
import { FREE, phaseRests } from "./string-phases";
import type { Vocabulary } from "./vocabulary";

/** Tokens that end each phase, by the vocabulary. */
const restCosts = new WeakMap<Vocabulary, readonly number[]>();

function restCostsOf(vocabulary: Vocabulary): readonly number[] {
  const known = restCosts.get(vocabulary);
  if (known) return known;
  const found = phaseRests.map((rest) => vocabulary.costs(rest)[0]!);
  restCosts.set(vocabulary, found);
  return found;
}

/** Tokens to the end of a string that lengths alone limit. @param missing characters, the one that has begun included */
export function stringCost(
  { prices, vocabulary }: Grammar,
  missing: number,
  phase: number,
): number {
  const isInside = phase !== FREE;
  const rest = isInside ? restCostsOf(vocabulary)[phase]! : 0;
  return rest + vocabulary.plainCost(Math.max(0, missing - (isInside ? 1 : 0))) + prices.quote;
}
