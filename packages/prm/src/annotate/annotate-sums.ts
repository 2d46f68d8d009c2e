import type { PrmError } from "../errors";
import type { AnnotateEvent } from "./annotate-events";
import type { LabelledSolution } from "./step-value";

/** Creates the events of solutions and counts them for the final event. */
export function createSums() {
  const sums = { solutions: 0, rejected: 0, steps: 0, completions: 0, truncated: 0 };
  return {
    reject({ row, error }: { row: number; error: PrmError }): AnnotateEvent {
      sums.rejected++;
      return { type: "solution-reject", row, error };
    },
    end(result: LabelledSolution, wasStored: boolean): AnnotateEvent {
      sums.solutions++;
      sums.steps += result.estimates.length;
      for (const { completions, truncated = 0 } of result.estimates) {
        sums.completions += completions;
        sums.truncated += truncated;
      }
      return { type: "solution-end", result, wasStored };
    },
    total: (): AnnotateEvent => ({ type: "annotate-end", ...sums }),
  };
}
