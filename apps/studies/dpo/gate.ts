import { type Gate, resultsOf, type StudyRuns } from "@deepgrain/lab";
import { methods } from "./methods";
import type { PreferenceSettings } from "./recipe";
import type { PreferenceResult } from "./result";
import { taskNames } from "./task";

/** The share of prompts solved before preferences are learned, of the task that is solved least; the mean over the seeds. */
export function leastSolved(runs: StudyRuns<PreferenceSettings, PreferenceResult>): number | null {
  const results = methods
    .map(({ id }) => resultsOf(runs, id))
    .find((own) => own.length > 0)
    ?.map(({ solvedBefore }) => Math.min(...taskNames.map((task) => solvedBefore[task])));
  return results ? results.reduce((sum, x) => sum + x, 0) / results.length : null;
}

/** There has to be something to lose. Measured on the fine-tuned model alone, on seeds that no recording uses. */
export const gates: readonly Gate<PreferenceResult, PreferenceSettings>[] = [
  {
    measure: "share of prompts solved before, of the task that is solved least",
    least: 0.8,
    read: leastSolved,
    tried: [
      {
        setting: "2,400 steps",
        seeds: [101, 102, 103],
        value: 0.703125,
        commit: "ec26aef0aa510dc80eedc61e202d6040764a609e",
      },
      {
        setting: "3,600 steps",
        seeds: [101, 102, 103],
        value: 0.9895833333333334,
        commit: "afc454a595614ffde63c58ed7b31b7c350543e54",
      },
    ],
  },
];
