import { defineComparison } from "../shared/comparison";

export const comparison = defineComparison({
  description:
    "Fine-tunes small models, lets a program judge their answers, and shows what DPO learns from this, by held-out pairs and win rates.",
  examples: ["--quick", "--seeds 10", "--tune"],
  quick: "Fewer steps and 3 seeds, under a minute on two cores",
  full: "More steps",
  seedCounts: { quick: 3, default: 20, full: 20 },
  flags: {
    tune: {
      kind: "switch",
      help: "Instead of comparing, try the learning rates of every method on separate seeds",
    },
  },
});
