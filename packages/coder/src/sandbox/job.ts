import type { Program, Tests, Verdict } from "../tasks/task";
import type { CheckedLimits } from "./limits";

/** Number of instructions between two checks of the limit. */
export const STEP = 10_000;

/** A program, what it must do, and what it may use, as a worker gets it. */
export interface Job {
  readonly id: number;
  readonly program: Program;
  /** Undefined where it is only run. */
  readonly tests: Tests | undefined;
  readonly limits: CheckedLimits;
}

/** Result of running a program. */
export interface Outcome {
  readonly verdict: Verdict;
  /** The reason of a failure; empty for `passed`. */
  readonly message: string;
  /** Printed output, up to its limit. */
  readonly output: string;
}

/** A worker's answer. */
export type Answer =
  | { readonly type: "ready" }
  /** The share of its instructions that a program has used, 0 to 1, told about a hundred times. */
  | { readonly type: "used"; readonly id: number; readonly share: number }
  | { readonly type: "outcome"; readonly id: number; readonly outcome: Outcome }
  | { readonly type: "missing"; readonly message: string };
