import { holm, holmDivisors } from "../statistics/holm";
import { coinTail } from "../statistics/sign-test";
import type { Tails } from "../statistics/tails";
import type { Relation } from "../study/relation-of-words";
import type { Outcome } from "./verdict";

/** One-sided p of each thing that can be concluded of a claim: small where the numbers speak for it. */
export type Conclusions = Readonly<Record<Exclude<Outcome, "undecided">, number>>;

/** The statement of a claim about a difference. */
export interface Statement {
  relation: Relation;
  margin: number;
}

/** By the tails of the mean difference. The `equal` of an equality is that it holds, `as claimed`; `≤` has none. */
export function byTails({ relation, margin }: Statement, { above, below }: Tails): Conclusions {
  const inside = Math.max(above(-margin), below(margin));
  if (relation === "=")
    return { "as claimed": inside, opposite: Math.min(above(margin), below(-margin)), equal: 1 };
  if (relation === "≤") return { "as claimed": above(-margin), opposite: below(-margin), equal: 1 };
  return { "as claimed": above(0), opposite: below(-margin), equal: inside };
}

/**
 * By counting seeds, where some lack a number: such a seed is one against the claim.
 * @param differences at the seeds that have both numbers
 */
export function bySigns(
  { relation, margin }: Statement,
  differences: readonly number[],
  failures: number,
): Conclusions {
  const seeds = differences.length + failures;
  const count = (isSuch: (difference: number) => boolean) => differences.filter(isSuch).length;
  const isInside = (difference: number) => Math.abs(difference) < margin;
  const least = relation === "≤" ? -margin : 0;
  const [own, against] =
    relation === "="
      ? [count(isInside), count((x) => !isInside(x))]
      : [count((x) => x > least), count((x) => x < -margin)];
  return {
    "as claimed": coinTail(own, seeds),
    opposite: coinTail(against + failures, seeds),
    equal: 1,
  };
}

/** Chance of any false outcome among the primary claims of a study. */
export const ALPHA = 0.05;

/** Two-sided p of the conclusion that the numbers speak most for. */
export const leastP = (conclusions: Conclusions): number =>
  Math.min(1, 2 * Math.min(...Object.values(conclusions)));

/**
 * The outcome of a claim among others. A claimed difference that is shown to be above 0 and inside the margin is `equal`.
 * @param divisor Holm's
 */
function outcomeOf(conclusions: Conclusions, divisor: number): Outcome {
  const isShown = (one: keyof Conclusions) => 2 * conclusions[one] * divisor <= ALPHA;
  return (["equal", "as claimed", "opposite"] as const).find(isShown) ?? "undecided";
}

/** The outcome of a claim among the primary claims that are judged with it. */
export interface Decision {
  outcome: Outcome;
  /** Holm's adjusted p. */
  adjustedP: number;
  /** 1 − 0.05/k, k Holm's divisor: the outcome can be read off the two-sided interval of this level. */
  level: number;
}

/**
 * The outcomes of claims that are judged together.
 * @param family conclusions of each claim, null where its seeds tell nothing: it counts with p = 1 and is undecided
 */
export function decide(family: readonly (Conclusions | null)[]): Decision[] {
  const values = family.map((conclusions) => (conclusions ? leastP(conclusions) : 1));
  const adjusted = holm(values);
  return holmDivisors(values, ALPHA).map((divisor, i) => ({
    outcome: family[i] ? outcomeOf(family[i], divisor) : "undecided",
    adjustedP: adjusted[i]!,
    level: 1 - ALPHA / divisor,
  }));
}
