import type { Introduction } from "../shared/introduction";

/** Titles of the experiments. */
export const experiments = {
  "E-1": "Labels over the number of completions",
  "E-4": "PRM, ORM and votes among sampled solutions",
  "E-9": "Step-wise PPO, PPO on outcomes, RFT",
} as const;

export const introduction: Introduction = {
  title: "Math-Shepherd, in miniature",
  lead: "A small model learns to solve word problems. The steps of its own solutions are labelled by how often completions from them reach the answer; a process and an outcome reward model learn from the same solutions. They choose among sampled solutions, and the policy learns from their scores.",
  terms: [
    [
      "SFT",
      "supervised fine-tuning on worked solutions; greedy answers take the likeliest token each time",
    ],
    [
      "PRM, ORM",
      "process and outcome reward model: one scores every step of a solution, the other the whole",
    ],
    [
      "N",
      "completions that are sampled from a step to label it; a hard label is good if one of them reaches the answer, a soft one is the share that do",
    ],
    [
      "π, ρ",
      "hit rates: how often completions from right and from wrong steps reach the answer; N* is the N at which hard labels are best; a made-up solver has constant ones",
    ],
    [
      "no labels",
      "what both reward models are before training, when a score only falls with how much a solution surprises the policy",
    ],
    ["SC", "self-consistency: the answer that most solutions give"],
    ["any is right", "whether one of the solutions is right: the best that a choice can do"],
    ["RFT", "rejection fine-tuning: training on sampled solutions that are right"],
    ["PPO", "proximal policy optimisation, rewarded per step or at the end"],
    ["KL", "Kullback-Leibler divergence: how far a policy has moved from the fine-tuned one"],
    ["F1", "harmonic mean of precision and recall"],
    [
      "GSM8K, MATH, LLaMA2",
      "the paper's school and competition problems, and its models of 7 and 70 billion parameters",
    ],
  ],
};
