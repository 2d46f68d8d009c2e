import type { Estimate } from "./estimate";
import { tTail } from "./student-t";

/** One-sided p-values of a mean difference. */
export interface Tails {
  /** p of a true difference of at most `bound`: small where the difference is shown to be above it. */
  above(bound: number): number;
  /** p of a true difference of at least `bound`. */
  below(bound: number): number;
}

/** Seeds below this number decide nothing. */
export const LEAST_SEEDS = 3;

/** Student's t over seeds; null for fewer than three of them, or without spread. */
export function studentTails({ mean, standardError, seeds }: Estimate): Tails | null {
  if (!standardError || seeds < LEAST_SEEDS) return null;
  const t = (bound: number) => (mean - bound) / standardError;
  return {
    above: (bound) => tTail(t(bound), seeds - 1),
    below: (bound) => tTail(-t(bound), seeds - 1),
  };
}

/** Shares of draws beyond a bound, never 0: with k of n draws (k + 1)/(n + 1). */
export function drawnTails(means: Float64Array): Tails {
  const share = (isThere: (mean: number) => boolean) =>
    (means.filter(isThere).length + 1) / (means.length + 1);
  return {
    above: (bound) => share((mean) => mean <= bound),
    below: (bound) => share((mean) => mean >= bound),
  };
}

/** Two-sided p of a true difference of `bound`. */
export const twoSided = ({ above, below }: Tails, bound: number): number =>
  Math.min(1, 2 * Math.min(above(bound), below(bound)));
