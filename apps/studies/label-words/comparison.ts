import { defineComparison } from "../shared/comparison";
import { experiments } from "./introduction";

export const comparison = defineComparison({
  description:
    "Trains tiny models that learn in context, with and without anchors, at paired seeds, and compares the results with the paper's claims.",
  examples: [
    "--quick",
    "--experiments A-1,A-2 --seeds 5",
    "--full   # the same command continues where it was stopped",
  ],
  quick: "Smaller models and fewer prompts: about a minute on two cores",
  full: "Longer training and more prompts",
  experiments,
  seedCounts: { quick: 3, default: 5, full: 5 },
  flags: {},
});
