import type { PrmError } from "../errors";
import type { LabelledSolution, StepEstimate } from "./step-value";

/** What annotation reports: steps and solutions as they are done, in no fixed order, and sums at the end. */
export type AnnotateEvent =
  | { readonly type: "step-end"; readonly solution: string; readonly estimate: StepEstimate }
  | {
      readonly type: "solution-end";
      readonly result: LabelledSolution;
      /** True where the store had it. */
      readonly wasStored: boolean;
    }
  /** A row that is not a solution, with its place among the rows, counted from 1. */
  | { readonly type: "solution-reject"; readonly row: number; readonly error: PrmError }
  | {
      readonly type: "annotate-end";
      readonly solutions: number;
      readonly rejected: number;
      /** Steps with a value. */
      readonly steps: number;
      /** Completions behind them, stored ones included. */
      readonly completions: number;
    };
