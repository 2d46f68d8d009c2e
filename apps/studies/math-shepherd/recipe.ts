import type { ComparisonSize } from "../shared/comparison";

/** Sizes of the miniature. */
export interface ShepherdSettings {
  /** Width of the policy; reward models are of the same size. */
  hiddenSize: number;
  layers: number;
  /** Fewest and most steps of a problem. */
  problemSteps: readonly [number, number];
  /** Fewest and most sentences of a problem that play no part. */
  distractors: readonly [number, number];
  /** How large a problem's numbers are: a policy of this size calculates with small ones alone. */
  numbers: "small" | "large";
  /**
   * Problems with solutions that the policy is fine-tuned on, and its steps, of 512 tokens each: so few problems that it needs
   * others to get better.
   */
  sftProblems: number;
  sftSteps: number;
  /** Problems whose sampled solutions are annotated, solutions to each, and most completions per step (N, even). */
  poolProblems: number;
  poolSolutions: number;
  completions: number;
  /** Steps of each reward model, of 16 solutions each. */
  rewardSteps: number;
  /** Problems that nothing is trained on, and solutions sampled to each. */
  heldOut: number;
  candidates: number;
  /** Solutions on which labels are compared with the truth, and completions per step there. */
  labelSolutions: number;
  labelCompletions: number;
  /** Problems without solutions to learn from, rounds of PPO, prompts per round; each problem is asked once. */
  rlProblems: number;
  ppoRounds: number;
  ppoPrompts: number;
  ppoRate: number;
  ppoKl: number;
  /** Answers to each of these problems that RFT samples, and its steps. */
  rftSamples: number;
  rftSteps: number;
}

const standard: ShepherdSettings = {
  hiddenSize: 64,
  layers: 3,
  problemSteps: [2, 4],
  distractors: [0, 2],
  numbers: "small",
  sftProblems: 600,
  sftSteps: 2000,
  poolProblems: 9000,
  poolSolutions: 1,
  completions: 8,
  rewardSteps: 3000,
  heldOut: 500,
  candidates: 64,
  labelSolutions: 150,
  labelCompletions: 32,
  rlProblems: 20_480,
  ppoRounds: 80,
  ppoPrompts: 256,
  ppoRate: 4e-4,
  ppoKl: 0.04,
  rftSamples: 1,
  rftSteps: 800,
};

/** Sizes by name. */
export const shepherdSettings: Record<ComparisonSize, ShepherdSettings> = {
  quick: {
    ...standard,
    hiddenSize: 48,
    layers: 2,
    problemSteps: [2, 3],
    sftProblems: 5000,
    sftSteps: 800,
    poolProblems: 240,
    poolSolutions: 1,
    completions: 4,
    rewardSteps: 60,
    heldOut: 60,
    candidates: 8,
    labelSolutions: 30,
    labelCompletions: 16,
    rlProblems: 200,
    ppoRounds: 4,
    ppoPrompts: 48,
    rftSamples: 2,
    rftSteps: 80,
  },
  default: standard,
  full: standard,
};

/** Paired seeds of each size. */
export const shepherdSeeds: Record<ComparisonSize, number> = { quick: 2, default: 3, full: 8 };
