import type { ComparisonSize } from "../shared/comparison";
import type { Ratio } from "../shared/ratio";

/** Sizes of a policy and of the reward models that learn from its solutions. */
export interface PolicySettings {
  /** Fewest and most steps of a problem. */
  problemSteps: readonly [number, number];
  /** Problems with solutions that the policy is fine-tuned on, and its steps, of 512 tokens each. */
  sftProblems: number;
  sftSteps: number;
  /** Temperature that its solutions and completions are sampled at. */
  temperature: number;
  /** Problems whose sampled solutions are annotated, solutions to each, and most completions per step (N, even). */
  poolProblems: number;
  poolSolutions: number;
  completions: number;
  /** Steps of each reward model, of `REWARD_BATCH` solutions each, and the peak rate of each. */
  rewardSteps: number;
  rewardRates: Readonly<Record<"process" | "outcome", number>>;
  /** Problems that nothing is trained on. */
  heldOut: number;
}

/** Sizes of the policy that learns from rewards: so few problems to fine-tune on that the policy needs others to get better. */
export interface LearningSettings extends PolicySettings {
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

/** Sizes of the miniature. */
export interface ShepherdSettings {
  /** Width of the policies; reward models are of the same size. */
  hiddenSize: number;
  layers: number;
  /** Fewest and most sentences of a problem that play no part. */
  distractors: readonly [number, number];
  /** How large a problem's numbers are: a policy of this size calculates with small ones alone. */
  numbers: "small" | "large";
  /** Solutions that are sampled to each held-out problem. */
  candidates: number;
  /** Solutions on which labels are compared with the truth, and completions per step there. */
  labelSolutions: number;
  labelCompletions: number;
  /** The policy whose solutions are verified, which solves most problems but slips: votes have something to gain. */
  verification: PolicySettings;
  /** The policy that learns from rewards. */
  learning: LearningSettings;
}

const learning: LearningSettings = {
  problemSteps: [2, 4],
  sftProblems: 600,
  sftSteps: 2000,
  temperature: 1,
  poolProblems: 9000,
  poolSolutions: 1,
  completions: 8,
  rewardSteps: 3000,
  rewardRates: { process: 3e-4, outcome: 3e-4 },
  heldOut: 500,
  rlProblems: 20_480,
  ppoRounds: 80,
  ppoPrompts: 256,
  ppoRate: 4e-4,
  ppoKl: 0.04,
  rftSamples: 1,
  rftSteps: 800,
};

/**
 * Reward models read every annotated solution five times, as those of the other policy do (5.3), and as many as eight seeds can have in
 * half an hour of one core.
 */
const verification: PolicySettings = {
  problemSteps: [3, 6],
  sftProblems: 20_000,
  sftSteps: 2000,
  temperature: 1,
  poolProblems: 1600,
  poolSolutions: 1,
  completions: 8,
  rewardSteps: 500,
  rewardRates: { process: 3e-4, outcome: 3e-4 },
  heldOut: 200,
};

const standard: ShepherdSettings = {
  hiddenSize: 64,
  layers: 3,
  distractors: [0, 2],
  numbers: "small",
  candidates: 64,
  labelSolutions: 100,
  labelCompletions: 16,
  verification,
  learning,
};

const quickPolicy = {
  problemSteps: [2, 3],
  sftProblems: 5000,
  sftSteps: 800,
  poolProblems: 240,
  completions: 4,
  rewardSteps: 60,
  heldOut: 60,
} as const;

/** Sizes by name. */
export const shepherdSettings: Record<ComparisonSize, ShepherdSettings> = {
  quick: {
    ...standard,
    hiddenSize: 48,
    layers: 2,
    candidates: 8,
    labelSolutions: 30,
    verification: { ...verification, ...quickPolicy },
    learning: {
      ...learning,
      ...quickPolicy,
      rlProblems: 200,
      ppoRounds: 4,
      ppoPrompts: 48,
      rftSamples: 2,
      rftSteps: 80,
    },
  },
  default: standard,
  full: standard,
};

/** Paired seeds of each size. */
export const shepherdSeeds: Record<ComparisonSize, number> = { quick: 2, default: 3, full: 8 };

/** Solutions of a step of a reward model's training. */
export const REWARD_BATCH = 16;

/** Numbers of samples that the paper draws, and how often its reward models read them, beside those of the verification. */
export const ratios: readonly Ratio<ShepherdSettings>[] = [
  {
    name: "completions per step, N",
    paper: 8,
    ours: 8,
    of: ({ verification: own }) => own.completions,
  },
  {
    name: "candidates per problem",
    paper: 256,
    ours: 64,
    of: ({ candidates }) => candidates,
  },
  {
    name: "solutions per annotated problem",
    paper: 15,
    ours: 1,
    of: ({ verification: own }) => own.poolSolutions,
  },
  {
    name: "passes of a reward model over annotated solutions",
    paper: 1,
    ours: 5,
    of: ({ verification: own }) =>
      (own.rewardSteps * REWARD_BATCH) / (own.poolProblems * own.poolSolutions),
  },
];
