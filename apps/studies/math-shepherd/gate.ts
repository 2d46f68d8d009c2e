import type { Gate } from "@deepgrain/lab";
import type { ShepherdSettings } from "./recipe";
import { mean, policies, type Runs } from "./report-numbers";
import type { ShepherdResult } from "./results";
import type { PolicyResult } from "./run-policy";

type OwnGate = Gate<ShepherdResult, ShepherdSettings>;

/** The mean over seeds of a number of the policy alone, in percent; null without a policy. */
const ofPolicy =
  (read: (own: PolicyResult, settings: ShepherdSettings) => number) =>
  (runs: Runs): number | null => {
    const all = policies(runs);
    return all.length === 0 ? null : 100 * mean(all.map((own) => read(own, runs.settings)));
  };

/** Share of hard labels that are right at the recorded number of completions, or at the nearest one below that was measured. */
function rightLabels({ labels }: PolicyResult, { verification }: ShepherdSettings): number {
  const within = labels.quality.filter(({ n }) => n <= verification.completions);
  return within.at(-1)!.hardAccuracy;
}

/**
 * Votes must have something to gain over the policy's likeliest answer, a choice something to gain over votes, and labels must be
 * mostly right. Measured on the policy alone, before any reward model is trained, on seeds that no recording uses.
 */
export const gates: readonly OwnGate[] = [
  {
    measure: "votes of 64 beyond greedy answers, points",
    least: 3,
    read: ofPolicy(({ votes, greedy }) => mean(votes) - mean(greedy)),
    tried: [],
  },
  {
    measure: "any of 64 beyond votes, points",
    least: 10,
    read: ofPolicy(({ any, votes }) => mean(any) - mean(votes)),
    tried: [],
  },
  {
    measure: "hard labels that are right, %",
    least: 85,
    read: ofPolicy(rightLabels),
    tried: [],
  },
];
