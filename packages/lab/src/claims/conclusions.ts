import { coinTail } from "../statistics/sign-test";
import type { Tails } from "../statistics/tails";
import type { Outcome } from "./verdict";

/** One-sided p of each thing that can be concluded of a claim: small where the numbers speak for it. */
export type Conclusions = Readonly<Record<Exclude<Outcome, "undecided">, number>>;

/** The statement of a claim about a difference. */
interface Statement {
  relation: "<" | "=";
  margin: number;
}

/** By the tails of the mean difference. The `equal` of an equality is that it holds, `as claimed`. */
export function byTails({ relation, margin }: Statement, { above, below }: Tails): Conclusions {
  const inside = Math.max(above(-margin), below(margin));
  return relation === "="
    ? { "as claimed": inside, opposite: Math.min(above(margin), below(-margin)), equal: 1 }
    : { "as claimed": above(0), opposite: below(-margin), equal: inside };
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
  const [own, against] =
    relation === "="
      ? [count(isInside), count((x) => !isInside(x))]
      : [count((x) => x > 0), count((x) => x < -margin)];
  return {
    "as claimed": coinTail(own, seeds),
    opposite: coinTail(against + failures, seeds),
    equal: 1,
  };
}

/** Chance of any false outcome among the primary claims of a study. */
const ALPHA = 0.05;

/** Two-sided p of the conclusion that the numbers speak most for. */
export const leastP = (conclusions: Conclusions): number =>
  Math.min(1, 2 * Math.min(...Object.values(conclusions)));

/**
 * The outcome of a claim among others. A claimed difference that is shown to be above 0 and inside the margin is `equal`.
 * @param adjustedP Holm's, of `leastP`: as many times larger is the p of each conclusion taken to be
 */
export function outcomeOf(conclusions: Conclusions, adjustedP: number): Outcome {
  const factor = adjustedP / leastP(conclusions);
  const isShown = (one: keyof Conclusions) => 2 * conclusions[one] * factor <= ALPHA;
  return (["equal", "as claimed", "opposite"] as const).find(isShown) ?? "undecided";
}
