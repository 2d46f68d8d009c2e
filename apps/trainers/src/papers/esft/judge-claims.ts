import {
  type Estimate,
  estimate,
  type PairedDifference,
  pairedDifference,
} from "../../experiments/judging/paired-statistics";
import { causeOf, type Verdict, verdictOf } from "../../experiments/judging/verdict";
import type { Claim } from "./claims/claim";
import type { ExperimentId } from "./experiments";
import type { Quantity } from "./quantities";
import type { Results } from "./run-comparison";
import type { EsftSettings } from "./settings";

/** A claim with what was measured. */
export interface Judged {
  experiment: ExperimentId;
  scope: string;
  measure: string;
  lower: { name: string } & Estimate;
  higher: { name: string } & Estimate;
  /** Higher minus lower, of the same seeds. */
  difference: PairedDifference;
  paper: string;
  verdict: Verdict;
  /** Why it may have come out otherwise than published; empty where it did not. */
  cause: string;
}

/** Where a claim knows no better. */
const SMALL = "the model and the tasks are thousands of times smaller than the paper's";

/** The values of two quantities at the seeds that have both. */
function pairs(
  lower: Quantity,
  higher: Quantity,
  {
    seeds,
    results,
    settings,
  }: { seeds: readonly number[]; results: Results; settings: EsftSettings },
): { lower: number[]; higher: number[] } {
  const both = seeds.flatMap((seed) => {
    const [low, high] = [lower.of(seed, results, settings), higher.of(seed, results, settings)];
    return low === null || high === null ? [] : [{ low, high }];
  });
  return { lower: both.map(({ low }) => low), higher: both.map(({ high }) => high) };
}

/** Judges claims by the results at hand; a claim that no seed has both sides of is left out. */
export function judgeClaims(
  claims: readonly Claim[],
  input: { seeds: readonly number[]; results: Results; settings: EsftSettings },
): Judged[] {
  return claims.flatMap(({ lower, higher, isEqual = false, ifReversed = SMALL, ...claim }) => {
    const values = pairs(lower, higher, input);
    if (values.lower.length === 0) return [];
    const difference = pairedDifference(values.lower, values.higher);
    const verdict = verdictOf(difference, isEqual);
    return [
      {
        ...claim,
        lower: { name: lower.name, ...estimate(values.lower) },
        higher: { name: higher.name, ...estimate(values.higher) },
        difference,
        verdict,
        cause: causeOf(verdict, difference, ifReversed),
      },
    ];
  });
}
