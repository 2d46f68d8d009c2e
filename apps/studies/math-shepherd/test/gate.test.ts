import { generateProblem } from "@deepgrain/prm/world";
import { describe, expect, it } from "vitest";
import { votesOf } from "../candidates";
import { gates } from "../gate";
import { shepherdSettings } from "../recipe";
import type { Runs } from "../report-numbers";

const problem = generateProblem(1, { steps: [3, 3], numbers: "small" });
const right = problem.steps.join("\n");
const wrong = (answer: number) => `Step 1: it is ${answer}. The answer is: ${answer}`;

describe("votes over sampled solutions", () => {
  it("are right where most agree on the answer, and any is right where one is", () => {
    const answer = Number(problem.answer);
    const pools = [
      [right, right, wrong(answer + 1)],
      [right, wrong(answer + 1), wrong(answer + 1)],
      [wrong(answer + 1), wrong(answer + 2), "no answer"],
    ];
    const { votes, any } = votesOf([problem, problem, problem], pools);
    expect(votes).toEqual([1, 0, 0]);
    expect(any).toEqual([1, 1, 0]);
  });
});

describe("the gates", () => {
  const labels = (hardAccuracy: number) => ({
    steps: 8,
    goodShare: 0.5,
    goodHit: 0.5,
    badHit: 0.1,
    quality: [
      { n: 4, hardAccuracy: 0.1, softLoss: 1 },
      { n: 8, hardAccuracy, softLoss: 1 },
      { n: 16, hardAccuracy: 0.2, softLoss: 1 },
    ],
    predicted: [0.1, 0.8, 0.2],
  });
  const policy = (share: number) => ({
    policy: {
      greedy: [1, 0, 0, 0],
      greedySteps: 3,
      votes: [1, 1, 0, 0],
      any: [1, 1, 1, 0],
      labels: labels(share),
    },
  });
  const runsOf = (results: readonly object[]) =>
    ({
      settings: shepherdSettings.full,
      seeds: results.map((_, i) => i + 1),
      experiments: ["E-1"],
      runs: results.map((result, i) => ({ variant: "policy", seed: i + 1, result })),
    }) as unknown as Runs;

  it("read the policy alone: points between its answers, and labels at the recorded number of completions", () => {
    const runs = runsOf([policy(0.8), policy(0.9)]);
    expect(gates.map(({ read }) => read(runs))).toEqual([25, 25, expect.closeTo(85)]);
  });

  it("say nothing without a policy", () => {
    expect(gates.map(({ read }) => read(runsOf([])))).toEqual([null, null, null]);
  });
});
