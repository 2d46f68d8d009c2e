import { defineComparison } from "../shared/comparison";

export const comparison = defineComparison({
  description:
    "Fine-tunes small models, lets a program judge their answers, and shows by held-out pairs and win rates what DPO learns from that.",
  examples: ["--quick", "--seeds 10", "--tune"],
  quick: "Fewer steps and 3 seeds, under a minute on two cores",
  full: "More steps and 10 seeds",
  seedCounts: { quick: 3, default: 5, full: 10 },
  flags: {
    tune: {
      kind: "switch",
      help: "Try the learning rates of every method on seeds of their own instead of comparing",
    },
  },
});
