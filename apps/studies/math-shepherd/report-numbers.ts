/** @file Numbers of the report: means over seeds, and gains with their intervals. */
import { crossedDifference, estimate, resultsOf, type StudyRuns } from "@deepgrain/lab";
import { spread } from "@deepgrain/support/pages";
import type { ShepherdSettings } from "./recipe";
import type { ShepherdResult } from "./results";

export type Runs = StudyRuns<ShepherdSettings, ShepherdResult>;

/** The measurements of the policy whose solutions are verified, by seed. */
export const policies = (runs: Runs) =>
  resultsOf(runs, "policy").flatMap(({ policy }) => policy ?? []);

/** The measurements of verification, by seed. */
export const verifications = (runs: Runs) =>
  resultsOf(runs, "verification").flatMap(({ verification }) => verification ?? []);

/** The measurements of the policy that learns from rewards, by seed. */
export const learners = (runs: Runs) =>
  resultsOf(runs, "learner").flatMap(({ learner }) => learner ?? []);

/** The mean of numbers. */
export const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

/** A mean over seeds with its interval; a dash without seeds. */
export const over = (values: readonly number[]) =>
  values.length === 0 ? "–" : spread(estimate(values));
/** A mean of shares over seeds in percent, with its interval. */
export const percents = (values: readonly number[]) =>
  values.length === 0 ? "–" : spread(estimate(values.map((value) => 100 * value)), [0, 100]);

/** Whether each seed's model solved each problem, [seeds, problems]. */
type Solved = readonly (readonly number[])[];

/** The difference in points with its interval over problems and seeds. */
export function gain(lower: Solved, higher: Solved): string {
  const { mean: value, interval } = crossedDifference(lower, higher);
  const points = (share: number) => (100 * share).toFixed(1);
  const range = interval ? ` (${interval.map(points).join(" to ")})` : "";
  return `${value < 0 ? "" : "+"}${points(value)}${range}`.replaceAll("-", "−");
}
