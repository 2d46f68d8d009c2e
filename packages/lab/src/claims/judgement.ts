import type { Estimate } from "../statistics/estimate";
import type { Equivalence, PairedDifference } from "../statistics/paired-difference";

/**
 * What became of a claim. Orderings: `resolved` as published, `reversed`, or `not resolved`. Equalities: `equal` within the
 * margin, `different` beyond it, or `not resolved`.
 */
export type Outcome = "resolved" | "reversed" | "not resolved" | "equal" | "different";

/** One side of a claim as measured. */
export interface JudgedSide extends Estimate {
  measure: string;
  subject: string;
  variants: readonly string[];
}

/** A claim with what was measured. Plain data. */
export interface JudgedClaim {
  /** Empty for a study without experiments. */
  experiment: string;
  /** Empty where the claim has none. */
  scope: string;
  lower: JudgedSide;
  higher: JudgedSide;
  /** Higher minus lower, at the seeds that have both. */
  difference: PairedDifference;
  /** The test of an equality; null for an ordering. */
  equivalence: Equivalence | null;
  /**
   * Two-sided p of the claim's own test. For an equality, the smaller p of "equal" and "beyond the margin": only one of the
   * two can be false. Null for one seed.
   */
  p: number | null;
  /** Holm's adjusted p over all claims judged together. Null for one seed. */
  adjustedP: number | null;
  outcome: Outcome;
  /** What the paper measured. */
  paper: string;
  /** Why the outcome may not be as published; empty where it is. */
  cause: string;
}

/** All claims of a study, judged. Plain data. */
export interface Judgement {
  study: string;
  correction: "holm" | "none";
  claims: readonly JudgedClaim[];
}
