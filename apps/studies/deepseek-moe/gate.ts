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
    tried: [
      {
        setting: "α 0.01",
        seeds: [101, 102, 103],
        value: 0.310840245627572,
        commit: "00da41d21c08bf6f4092fc38dc91229aad302617",
      },
      {
        setting: "α 0.02",
        seeds: [101, 102, 103],
        value: 0.29646749614197526,
        commit: "34c826e1f83885aedb3920687f385e0ff2f792a2",
      },
      {
        setting: "α 0.04",
        seeds: [101, 102, 103],
        value: 0.3035590277777778,
        commit: "34c826e1f83885aedb3920687f385e0ff2f792a2",
      },
    ],
  },
  {
    measure: "MaxVio of GShard, the busiest expert's load above the mean",
    most: 0.5,
    read: (runs) => meanOfGshard(runs, "maxVio"),
    tried: [
      {
        setting: "α 0.01",
        seeds: [101, 102, 103],
        value: 0.6549768518518518,
        commit: "00da41d21c08bf6f4092fc38dc91229aad302617",
      },
      {
        setting: "α 0.02",
        seeds: [101, 102, 103],
        value: 0.617824074074074,
        commit: "34c826e1f83885aedb3920687f385e0ff2f792a2",
      },
      {
        setting: "α 0.04",
        seeds: [101, 102, 103],
        value: 0.5506944444444445,
        commit: "34c826e1f83885aedb3920687f385e0ff2f792a2",
      },
    ],
  },
  {
    measure: "methods whose best rate stands at the end of its grid",
    most: 0,
    read: () => atGridEnd,
    tried: [
      {
        setting: "three rates or more, a factor 2 apart, half the steps, α 0.01",
        seeds: [101, 102],
        value: 0,
        commit: "8b347933828aac01578a57a635f7af4f6c981f9b",
      },
    ],
  },
];
