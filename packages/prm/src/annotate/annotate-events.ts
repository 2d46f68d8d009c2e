import type { PrmError } from "../errors";
import type { LabelledSolution, StepEstimate } from "./step-value";

/** An event of annotation: steps and solutions as they are completed, in no fixed order, and totals at the end. */
export type AnnotateEvent =
  | { readonly type: "step-end"; readonly solution: string; readonly estimate: StepEstimate }
  | {
      readonly type: "solution-end";
      readonly result: LabelledSolution;
      /** True where it came from the store. */
      readonly wasStored: boolean;
    }
  /** A row that is not a solution, with its number, counted from 1. */
  | { readonly type: "solution-reject"; readonly row: number; readonly error: PrmError }
  | {
      readonly type: "annotate-end";
      readonly solutions: number;
      readonly rejected: number;
      /** Number of steps with a value. */
      readonly steps: number;
      /** Number of their completions, including stored ones. */
      readonly completions: number;
      /** How many of these were cut at the token limit: they count as misses, so that labels come out too low. */
      readonly truncated: number;
    };
