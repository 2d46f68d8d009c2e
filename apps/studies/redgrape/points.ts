import {
  type Interval,
  pairedDifference,
  type Quantity,
  resultOf,
  type StudyRuns,
  valuesOf,
} from "@deepgrain/lab";
import { withSign } from "../shared/outcome-text";
import { accuracy, accuracyOfSum, EQUAL_ACCURACY } from "./claims";
import type { FederationSettings } from "./recipe";
import type { Score } from "./score-method";

export type FederationRuns = StudyRuns<FederationSettings, Score>;

const signed = (x: number) => withSign(x, 1);
const between = ([low, high]: Interval) => `${signed(low)} to ${signed(high)}`;

/** Differences in percentage points, seed by seed; null where a side is missing. */
function compare(runs: FederationRuns, above: Quantity<Score>, below: Quantity<Score>) {
  const [high, low] = [valuesOf(above, runs), valuesOf(below, runs)];
  const seeds = [...high.keys()].filter((seed) => low.has(seed));
  if (seeds.length === 0) return null;
  const at = (values: ReadonlyMap<number, number>) => seeds.map((seed) => values.get(seed)!);
  const difference = pairedDifference(at(low), at(high));
  const ahead = seeds.filter((seed) => high.get(seed)! > low.get(seed)!).length;
  return {
    difference,
    text: `${signed(difference.mean)}`,
    ahead: `${ahead} of ${seeds.length} seeds`,
  };
}

/** "+1.2 points (95 % interval −0.3 to +2.7)" */
function withInterval(
  runs: FederationRuns,
  above: Quantity<Score>,
  below: Quantity<Score>,
): string {
  const found = compare(runs, above, below);
  if (!found) return "not run";
  const { interval } = found.difference;
  return `${found.text} points${interval ? ` (95 % interval ${between(interval)})` : ""}`;
}

/** Whether the interval lies inside the margin. */
function equality(runs: FederationRuns, above: Quantity<Score>, below: Quantity<Score>): string {
  const interval = compare(runs, above, below)?.difference.interval;
  const isInside = interval?.every((end) => Math.abs(end) < EQUAL_ACCURACY);
  const margin = isInside ? `, inside ±${EQUAL_ACCURACY} points` : "";
  return `${withInterval(runs, above, below)}${margin}`;
}

/** On how many seeds a method is ahead of FedAvg after a round. */
function aheadAt(runs: FederationRuns, round: number): string {
  const at = (variant: string, seed: number) =>
    resultOf(runs, variant, seed)?.curve.find(([tested]) => tested === round)?.[1];
  const both = runs.seeds.flatMap((seed) => {
    const [own, other] = [at("redgrape", seed), at("fedavg", seed)];
    return own === undefined || other === undefined ? [] : [own > other];
  });
  return `${both.filter(Boolean).length} of ${both.length}`;
}

/** Standard deviation over seeds, in points. */
function deviation(runs: FederationRuns, variant: string): string {
  const values = [...valuesOf(accuracy(variant), runs).values()];
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return values.length > 1 ? Math.sqrt(squares / (values.length - 1)).toFixed(1) : "–";
}

/** The five points that should hold, as they came out, each difference as right minus left of its claim; empty where only some methods were run. */
export function fivePoints(runs: FederationRuns): string[] {
  const [redgrape, fedavg] = [accuracy("redgrape"), accuracy("fedavg")];
  const first = ["fedavg", "fed-focal", "fedprox"].map((id) =>
    compare(runs, redgrape, accuracy(id)),
  );
  if (first.some((one) => one === null) || runs.settings.size === "quick") return [];
  const [overFedAvg, overFocal, overProx] = first.map(
    (one) => `${one!.text} points (ahead on ${one!.ahead})`,
  );
  const sum = accuracyOfSum("redgrape");
  return [
    `RedGrape minus FedAvg is ${overFedAvg}, minus Fed-Focal ${overFocal}, minus FedProx ${overProx}. The standard deviation over seeds is ${deviation(runs, "redgrape")} points with RedGrape and ${deviation(runs, "fedavg")} with FedAvg. RedGrape is ahead of FedAvg at round 10 on ${aheadAt(runs, 10)} seeds, at round 20 on ${aheadAt(runs, 20)}.`,
    `FedAvg minus RedGrape without V is ${equality(runs, fedavg, accuracy("redgrape-no-v"))}; FedAvg minus RedGrape without prototypes (real data only) is ${equality(runs, fedavg, accuracy("redgrape-real-only"))}.`,
    `W alone minus the sum W + V is ${withInterval(runs, redgrape, sum)}; FedAvg minus the sum is ${equality(runs, fedavg, sum)}.`,
    `RedGrape minus logit adjustment, which knows the class frequencies, is ${withInterval(runs, redgrape, accuracy("logit-adjustment"))}; RedGrape minus CReFF is ${withInterval(runs, redgrape, accuracy("creff"))}.`,
    `RedGrape minus RedGrape with prototypes alone (T = ∞) is ${withInterval(runs, redgrape, accuracy("redgrape-prototypes"))}.`,
  ];
}
