import { type Gate, resultOf, type StudyRuns } from "@deepgrain/lab";
import { method } from "./claims";
import type { ComparisonSettings } from "./recipe";
import type { TrainingResult } from "./training-result";
import { idOf, type SplitName } from "./variants";

type Runs = StudyRuns<ComparisonSettings, TrainingResult>;

const variance = (values: readonly number[]): number => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
};

/** The GCN's gain by ReNode on a split, training by training, in points of weighted F1; null where it was not trained. */
function gainsAt(runs: Runs, split: SplitName, seed: number): number[] | null {
  const [before, after] = [false, true].map((hasRenode) =>
    resultOf(runs, idOf("cora", split, method("gcn", "ce", hasRenode)), seed),
  );
  if (!before || !after) return null;
  return after.trainings.map((own, i) => 100 * (own.weightedF1 - before.trainings[i]!.weightedF1));
}

const splits: readonly SplitName[] = ["balanced", "low", "middle", "high"];

/**
 * The share of initial weights in the variance of a split's mean gain, pooled over the kinds of splits: the variance within splits over
 * the trainings of a split, over the variance of the splits' means. At most 1; null without two splits of a kind and two trainings.
 */
export function initialWeightsShare(runs: Runs): number | null {
  const kinds = splits.flatMap((split) => {
    const gains = runs.seeds.flatMap((seed) => [gainsAt(runs, split, seed) ?? []]);
    const told = gains.filter(({ length }) => length > 1);
    if (told.length < 2) return [];
    const means = told.map((own) => own.reduce((sum, x) => sum + x, 0) / own.length);
    const within = told.map((own) => variance(own) / own.length);
    return [{ within: within.reduce((sum, x) => sum + x, 0) / told.length, all: variance(means) }];
  });
  const all = kinds.reduce((sum, kind) => sum + kind.all, 0);
  const within = kinds.reduce((sum, kind) => sum + kind.within, 0);
  return all > 0 ? Math.min(1, within / all) : null;
}

/** The splits have to decide, and not the initial weights. Measured on splits that no recording uses. */
export const gates: readonly Gate<TrainingResult, ComparisonSettings>[] = [
  {
    measure: "initial weights, share of the variance of a split's gain (GCN, Cora)",
    most: 0.5,
    read: initialWeightsShare,
    tried: [
      {
        setting: "20 trainings per split",
        seeds: [101, 102, 103],
        value: 0.3095488213988394,
        commit: "0167350a6e08c636df6c40c0db38c413639a4468",
      },
    ],
  },
];
