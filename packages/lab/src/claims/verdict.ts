import { signed } from "@deepgrain/support/pages";
import {
  type Equivalence,
  type Estimate,
  type PairedDifference,
  seedsNeeded,
} from "../statistics/paired-difference";

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

/** Significance level of all verdicts. */
const ALPHA = 0.05;

type Tested = Pick<JudgedClaim, "difference" | "equivalence" | "p" | "adjustedP">;

/** @param p the one that decides: the claim's own, or adjusted */
export function outcomeOf({ difference, equivalence }: Tested, p: number | null): Outcome {
  if (p === null || p > ALPHA) return "not resolved";
  if (equivalence) return equivalence.p! < equivalence.beyondP! ? "equal" : "different";
  return difference.mean > 0 ? "resolved" : "reversed";
}

/** Why the seeds do not tell, and how many would. */
export function spreadCause({ difference, equivalence, p, adjustedP }: Tested): string {
  const { standardError, seeds } = difference;
  if (standardError === null) return "one seed shows no spread";
  if (p !== null && p <= ALPHA)
    return `alone it would count (p = ${p.toPrecision(2)}), but not among all claims (p = ${adjustedP!.toPrecision(2)} after Holm's correction)`;
  if (equivalence) {
    const [low, high] = equivalence.interval!.map(signed);
    return `the 90 % interval ${low} to ${high} is neither inside ±${equivalence.margin} nor beyond it`;
  }
  const spread = (standardError * Math.sqrt(seeds)).toPrecision(2);
  const needed = seedsNeeded(difference) ?? "more than 1000";
  return `the difference varies by ${spread} (standard deviation) between ${seeds} seeds; if mean and spread stay, ${needed} seeds would tell`;
}
