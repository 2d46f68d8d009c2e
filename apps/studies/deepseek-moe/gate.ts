import { type Gate, resultsOf, type StudyRuns } from "@deepgrain/lab";
import type { ComparisonSettings } from "./recipe";
import type { TrainingResult } from "./training-result";
import { atGridEnd } from "./tuning";

type Runs = StudyRuns<ComparisonSettings, TrainingResult>;
type OwnGate = Gate<TrainingResult, ComparisonSettings>;

/** The mean of a measure of GShard, the rival, over the seeds; null where it was not measured. */
function meanOfGshard(runs: Runs, of: "specialisation" | "maxVio"): number | null {
  const values = resultsOf(runs, "gshard").flatMap((result) => result[of] ?? []);
  return values.length === 0 ? null : values.reduce((sum, x) => sum + x, 0) / values.length;
}

/**
 * Experts have to be used differently by different kinds of text, and evenly over all of them, and no rate may stand at the end of its
 * grid. Measured on GShard alone, on seeds that no recording uses.
 */
export const gates: readonly OwnGate[] = [
  {
    measure: "specialisation of GShard, how differently kinds of text use its experts",
    least: 0.1,
    read: (runs) => meanOfGshard(runs, "specialisation"),
    tried: [],
  },
  {
    measure: "MaxVio of GShard, the busiest expert's load above the mean",
    most: 0.5,
    read: (runs) => meanOfGshard(runs, "maxVio"),
    tried: [],
  },
  {
    measure: "methods whose best rate stands at the end of its grid",
    most: 0,
    read: () => atGridEnd,
    tried: [],
  },
];
