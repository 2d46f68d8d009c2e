import { defineComparison } from "../shared/comparison";
import { experiments } from "./introduction";

export const comparison = defineComparison({
  description:
    "Trains Dense, Hash, Switch, GShard and DeepSeekMoE in miniature with paired seeds and compares the result with the paper's.",
  examples: [
    "--quick",
    "--experiments A-1,A-5 --seeds 5",
    "--full   # the same command continues where it was stopped",
  ],
  quick: "Small models, about a minute on two idle cores",
  full: "What primary claims read, more steps and 8 seeds: twenty minutes on two idle cores",
  experiments,
  seedCounts: { quick: 2, default: 3, full: 8 },
  flags: {
    steps: { kind: "whole", min: 1, help: "Steps per training, instead of the size's" },
    lr: {
      kind: "real",
      min: 1e-6,
      help: "One peak rate for everything, instead of each method's own: with --seed 101 --seeds 2 to choose rates",
    },
  },
});
