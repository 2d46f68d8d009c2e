import type { StudyRuns } from "@deepgrain/lab";
import { choiceIds } from "../candidates";
import { type ShepherdSettings, shepherdSettings } from "../recipe";
import type { ShepherdResult } from "../results";

const bits = (share: number, seed: number) =>
  Array.from({ length: 100 }, (_, i) => ((i * 37 + seed * 11) % 100 < 100 * share ? 1 : 0)) as (
    | 0
    | 1
  )[];

const counts = [1, 2, 4, 8, 16, 32];

const labels = (seed: number) => ({
  ...{ steps: 400, goodShare: 0.7, goodHit: 0.55 + 0.01 * seed, badHit: 0.05 },
  quality: counts.map((n, i) => ({ n, hardAccuracy: 0.6 + 0.06 * i, softLoss: 0.6 - 0.06 * i })),
  predicted: counts.map((_, i) => 0.61 + 0.06 * i),
});

const scores = {
  ...{ accuracy: 0.9, firstErrorF1: 0.8, outcomeShift: 0.4, expectedError: 0.05 },
  bins: [0.1, 0.3, 0.5, 0.7, 0.9].map((x) => ({ meanScore: x, meanLabel: x ** 1.2, count: 9 })),
};

const resultOf = (id: string, seed: number): ShepherdResult => {
  if (id === "solver") return { solver: labels(seed) };
  if (id !== "pipeline")
    return { learned: { solved: bits(0.5, seed), steps: 3, firstReward: 0, lastReward: 1, kl: 4 } };
  const choices = choiceIds.map((own, i) => [
    own,
    {
      accuracy: [1, 2, 4, 8, 16, 32, 64].map((n, j) => ({
        n,
        accuracy: 0.4 + 0.05 * j + 0.01 * i,
      })),
      solved: bits(0.5 + 0.04 * i, seed),
    },
  ]);
  return {
    pipeline: {
      ...{ greedy: bits(0.42, seed), greedySteps: 3.1, choices: Object.fromEntries(choices) },
      scores: { prm: scores, orm: scores, unlabelled: scores },
      labels: labels(seed),
      pool: { solutions: 2000, steps: 6000, good: 0.6 },
    },
  };
};

/** Runs of the miniature of Math-Shepherd as if they had been done, from numbers that are made up. */
export function shepherdRuns(): StudyRuns<ShepherdSettings, ShepherdResult> {
  const provenance = { commit: null, versions: {}, command: "" };
  const variants = ["pipeline", "solver", "rft", "ppo-outcome", "ppo-step"];
  return {
    study: "math-shepherd",
    settings: shepherdSettings.default,
    seeds: [1, 2, 3],
    experiments: ["E-1", "E-4", "E-9"],
    runs: variants.flatMap((variant) =>
      [1, 2, 3].map((seed) => ({
        ...{ variant, seed, seconds: 1, provenance, result: resultOf(variant, seed) },
      })),
    ),
  };
}
