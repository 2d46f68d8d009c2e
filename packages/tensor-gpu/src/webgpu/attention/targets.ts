import type { Reading } from "../products/load-block";

/** The results of a kernel of attention, from blocks of 32 × 32 scores. */
export type Target = "out" | "probs" | "dq" | "dk" | "dv";

/** Names of factors: of the scores, of the scores' gradients, and what the weights are multiplied with. */
export type Factor = "r1" | "c1" | "r2" | "c2" | "x";

export interface AttentionText {
  readonly target: Target;
  /** Chunks of 32 columns of the result that a workgroup computes. */
  readonly chunks: number;
  readonly readings: Readonly<Record<Factor, Reading>>;
  readonly isWide: boolean;
  /** Whether there is a mask of keys, or there are segments. */
  readonly isMasked: boolean;
  /** Whether probabilities are given, or log sums are written. */
  readonly hasProbs: boolean;
  readonly hasLse: boolean;
}

/** Whether a workgroup's rows are keys, and its columns queries. */
export const rowsAreKeys = (target: Target): boolean => target === "dk" || target === "dv";
