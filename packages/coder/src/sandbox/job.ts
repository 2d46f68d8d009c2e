import type { Program, Tests, Verdict } from "../tasks/task";
import type { CheckedLimits } from "./limits";

/** A program, what it must do, and what it may use, as a worker gets it. */
export interface Job {
  readonly id: number;
  readonly program: Program;
  /** Undefined where it is only run. */
  readonly tests: Tests | undefined;
  readonly limits: CheckedLimits;
}

/** What became of a program. */
export interface Outcome {
  readonly verdict: Verdict;
  /** What went wrong; empty for `passed`. */
  readonly message: string;
  /** What it printed, up to its limit. */
  readonly output: string;
}

/** What a worker answers. */
export type Answer =
  | { readonly type: "ready" }
  | { readonly type: "outcome"; readonly id: number; readonly outcome: Outcome }
  | { readonly type: "missing"; readonly message: string };
