import {
  estimate,
  type PairedDifference,
  pairedDifference,
  type Quantity,
  resultsOf,
  type StudyRuns,
  valuesOf,
} from "@deepgrain/lab";
import { within } from "@deepgrain/support/pages";
import { weightedF1 } from "./claims";
import type { ComparisonSettings, GraphName } from "./recipe";
import type { TrainingResult } from "./training-result";
import { idOf, type Method, type SplitName } from "./variants";

export type Runs = StudyRuns<ComparisonSettings, TrainingResult>;
type OwnQuantity = Quantity<TrainingResult, ComparisonSettings>;

/** 0.66, with a real minus sign. */
export const points = (x: number): string => x.toFixed(2).replace("-", "−");

/** 79.18 (78.40 to 79.96): the mean over splits, of which each is the mean of its trainings, with its 95 % interval. */
export function scoreText(runs: Runs, id: string, name: "weightedF1" | "macroF1"): string {
  const all = resultsOf(runs, id).map(
    ({ trainings }) => 100 * estimate(trainings.map((training) => training[name])).mean,
  );
  if (all.length === 0) return "–";
  const { mean, interval } = estimate(all);
  if (interval === null) return points(mean);
  return `${points(mean)} (${within(interval, [0, 100]).map(points).join(" to ")})`;
}

/** The difference of two quantities at the same splits; null where no split has both. */
export function differenceOf(
  runs: Runs,
  lower: OwnQuantity,
  higher: OwnQuantity,
): PairedDifference | null {
  const [low, high] = [valuesOf(lower, runs), valuesOf(higher, runs)];
  const seeds = [...low.keys()].filter((seed) => high.has(seed));
  if (seeds.length === 0) return null;
  return pairedDifference(
    seeds.map((seed) => low.get(seed)!),
    seeds.map((seed) => high.get(seed)!),
  );
}

/** +0.66 (0.37 to 0.94) */
export function gainText(found: PairedDifference | null): string {
  if (found === null) return "–";
  const { mean, interval } = found;
  const sign = mean < 0 ? "" : "+";
  const range = interval && ` (${points(interval[0])} to ${points(interval[1])})`;
  return `${sign}${points(mean)}${range ?? ""}`;
}

/** The gain of another method in weighted F1, at the same splits. */
export const gainOf = (
  runs: Runs,
  graph: GraphName,
  split: SplitName,
  before: Method,
  after: Method,
) =>
  differenceOf(runs, weightedF1(idOf(graph, split, before)), weightedF1(idOf(graph, split, after)));
