import type { Solution } from "../solutions/solution";

/**
 * The value of a step: how often its prefix was continued to the right answer. This is the step's *potential* under
 * the completer, not its logical correctness.
 */
export interface StepEstimate {
  /** Index of the step, 0 for the first. */
  readonly step: number;
  /** c: completions that reached the right answer. */
  readonly hits: number;
  /** N: number of completions; 0 for the last step, whose answer is checked directly. */
  readonly completions: number;
  /** How many of them were cut at the token limit; left out where none was. */
  readonly truncated?: number | undefined;
  /** The label: 0 or 1 in hard mode, c/N in soft mode. */
  readonly value: number;
  /** In soft mode the 95 % interval of the value, as `betaInterval` gives it; none for the last step. */
  readonly interval?: readonly [low: number, high: number] | undefined;
}

/** An annotated solution. */
export interface LabelledSolution extends Solution {
  /** One value per step; null where none was estimated, after the first error. */
  readonly values: readonly (number | null)[];
  readonly estimates: readonly StepEstimate[];
  /** Index of the first step of value 0, −1 without one. */
  readonly firstError: number;
  /** The verdict on the solution's own answer. */
  readonly isAnswerRight: boolean;
}

/** Index of the first value of 0, −1 without one. */
export const firstZero = (values: readonly (number | null)[]): number => values.indexOf(0);
