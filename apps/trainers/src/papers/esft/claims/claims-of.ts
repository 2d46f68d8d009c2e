import type { ExperimentId } from "../experiments";
import { evenShare, overlapBetween, overlapWithin, topShare } from "../quantities";
import type { EsftSettings } from "../settings";
import { ALL_TASKS, type Claim } from "./claim";
import { costClaims } from "./cost-claims";
import { sweepClaims } from "./sweep-claims";
import { retentionClaims, taskClaims } from "./task-claims";

function usageClaims({ topK }: EsftSettings): Claim[] {
  return [
    {
      experiment: "B-1",
      scope: ALL_TASKS,
      measure: "share of choices",
      lower: evenShare(topK),
      higher: topShare(topK),
      paper: "0.28 to 0.51 for 6 of 64, evenly 0.09",
    },
    {
      experiment: "B-2",
      scope: ALL_TASKS,
      measure: `best experts shared, of ${topK}`,
      lower: overlapBetween(topK),
      higher: overlapWithin(topK),
      paper: "0.6 to 1.3 of 6 < nearly 6",
    },
  ];
}

/**
 * Every ordering that is judged, in the order of the experiments. Task marks of the paper are averages of its task groups:
 * enhancement is mathematics and code, adaptation the four others.
 * @see Wang et al. 2024 (ESFT), tables 1 to 3 and the figures of its analysis
 */
export function claimsOf(experiments: readonly ExperimentId[], settings: EsftSettings): Claim[] {
  const all = [
    ...usageClaims(settings),
    ...taskClaims(settings),
    ...retentionClaims(settings),
    ...sweepClaims(settings),
    ...costClaims(),
  ];
  return all.filter(({ experiment }) => experiments.includes(experiment));
}
