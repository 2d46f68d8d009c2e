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

/** Settings that were tried, and what each measured: votes beyond greedy answers, any solution beyond votes, right labels. */
const trials = [
  {
    setting: "1,500 steps of fine-tuning",
    values: [0.16666666666666868, 48.83333333333333, 74.63830121623826],
    commit: "ced8a24f2b4b2057f5de2cc0f68e925f8397b659",
  },
  {
    setting: "3,000 steps",
    values: [-0.3333333333333336, 6.666666666666665, 98.22554285392255],
    commit: "50527754ee1be4f22982b64bf8556ad68f225ad3",
  },
  {
    setting: "2,000 steps",
    values: [1.0000000000000009, 19.666666666666664, 89.91511136953642],
    commit: "408b249b04d7d8926fed21934a47957a9cd97f12",
  },
];

const triedAt = (place: number): OwnGate["tried"] =>
  trials.map(({ setting, values, commit }) => ({
    setting,
    seeds: [101, 102, 103],
    value: values[place]!,
    commit,
  }));

/**
 * Votes must have something to gain over the policy's likeliest answer, a choice something to gain over votes, and labels must be
 * mostly right. Measured on the policy alone, before any reward model is trained, on seeds that no recording uses.
 */
export const gates: readonly OwnGate[] = [
  {
    measure: "votes of 64 beyond greedy answers, points",
    least: 3,
    read: ofPolicy(({ votes, greedy }) => mean(votes) - mean(greedy)),
    tried: triedAt(0),
  },
  {
    measure: "any of 64 beyond votes, points",
    least: 10,
    read: ofPolicy(({ any, votes }) => mean(any) - mean(votes)),
    tried: triedAt(1),
  },
  {
    measure: "hard labels that are right, %",
    least: 85,
    read: ofPolicy(rightLabels),
    tried: triedAt(2),
  },
];
