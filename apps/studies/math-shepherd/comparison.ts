import { defineComparison } from "../shared/comparison";
import { experiments } from "./introduction";

export const comparison = defineComparison({
  description:
    "Fine-tunes small models on word problems, annotates their solutions, trains process and outcome reward models, and compares the results with the paper's claims.",
  examples: [
    "--quick",
    "--experiments E-1,E-4",
    "--full   # the same command continues where it was stopped",
  ],
  quick: "Small models and few problems: about a minute on two idle cores",
  full: "More rounds of PPO and 8 seeds: about an hour and a half on two idle cores",
  experiments,
  seedCounts: { quick: 2, default: 3, full: 8 },
  flags: {},
});
