import { having } from "../errors";
import type { GateState, JudgedGate } from "../study/gate";
import type { Relation } from "../study/relation-of-words";
import type { Primary } from "../study/runs";

/**
 * The outcome of a primary claim. `as claimed`: the difference is above 0 in the claimed direction, above −margin for `≤`, or inside
 * the margin for `=`. `opposite`: it lies beyond the margin against the claim, or beyond the margin of an equality. `equal`: a
 * claimed difference is shown to lie inside the margin. `undecided`: none of these is shown.
 */
export type Outcome = "as claimed" | "opposite" | "equal" | "undecided";

/** One side of a claim as measured. */
export interface JudgedSide {
  measure: string;
  subject: string;
  variants: readonly string[];
  /** Mean over the seeds that have the number; null where none has it. */
  mean: number | null;
  standardError: number | null;
  seeds: number;
}

/** A difference as measured: right side minus left side. */
export interface JudgedDifference {
  /** Mean over the seeds where both sides have a number; null where none has. */
  mean: number | null;
  standardError: number | null;
  /** Seeds where both sides have a number. */
  seeds: number;
  /** Two-sided interval; null for one seed, without spread, and for a primary claim that signs of seeds decide. */
  interval: readonly [low: number, high: number] | null;
  /**
   * Its level: 0.95, or where a primary claim has an outcome 1 − 0.05/k with Holm's divisor k, so that the outcome can be read off the
   * interval. Intervals of several claims are no joint ones.
   */
  level: number;
  /** Two-sided p of no difference; null for one or two seeds, or without spread. */
  p: number | null;
  /**
   * The population that p and interval generalise to: other seeds by Student's t, or other seeds and other items by a
   * crossed bootstrap; other pairs by a bootstrap where a side is a rank correlation. Where a side has no number at some seeds, seeds
   * for and against the claim are counted.
   */
  over: "seeds" | "seeds and items" | "pairs" | "signs of seeds";
}

/** A claim with what was measured. Plain data. */
export interface JudgedClaim {
  /** Empty for a study without experiments. */
  experiment: string;
  /** Empty where the claim has none. */
  scope: string;
  lower: JudgedSide;
  relation: Relation;
  higher: JudgedSide;
  margin: number | null;
  /** Which of two values of the measure is better; null where the claim does not say. */
  better: "lower" | "higher" | null;
  difference: JudgedDifference;
  /** Seeds that were run but lack the number of a side: the claim fails there. */
  failures: readonly number[];
  /** How a primary claim was named; null for a secondary one. */
  primary: Primary | null;
  /** Of a primary claim: two-sided p of the outcome that its numbers speak most for. Of a secondary one: that of no difference. */
  p: number | null;
  /** Holm's adjusted p over the primary claims. Null for secondary ones. */
  adjustedP: number | null;
  /** Benjamini and Hochberg's q over the secondary claims. Null for primary ones, and where there is no p. */
  q: number | null;
  /** Null for secondary claims, and where effects are shown without verdicts. */
  outcome: Outcome | null;
  /** Of a primary claim: the state of a gate of its study that is not met. Absent where all are, and for a study without gates. */
  gate?: Exclude<GateState, "met"> | undefined;
  /** The paper's measurement. */
  paper: string;
  /** Why the outcome may not be as published; empty where it is, and for secondary claims. */
  cause: string;
}

/** The claims of a study with what was measured, and the outcomes of the primary ones. Plain data. */
export interface Judgement {
  study: string;
  /** The primary claims first, in the order of the study, then the secondary ones. */
  claims: readonly JudgedClaim[];
  /** Absent for a study without gates. */
  gates?: readonly JudgedGate[] | undefined;
}

/** The primary claims of a judgement. */
export const primariesOf = (judgement: Pick<Judgement, "claims">): readonly JudgedClaim[] => {
  const { claims } = having("primariesOf", "judgement", judgement, "claims");
  return claims.filter(({ primary }) => primary !== null);
};

/** Those that are not. */
export const secondariesOf = (judgement: Pick<Judgement, "claims">): readonly JudgedClaim[] => {
  const { claims } = having("secondariesOf", "judgement", judgement, "claims");
  return claims.filter(({ primary }) => primary === null);
};
