import { defineComparison } from "../shared/comparison";
import { experiments } from "./introduction";

export const comparison = defineComparison({
  description:
    "Trains small mixtures with latent attention on code, teaches them to fill in the middle and to read longer texts, trains a policy on the tests that its programs pass, and sets what is found beside the paper's claims.",
  examples: [
    "--quick",
    "--experiments grpo",
    "--full   # the same command continues where it was stopped",
  ],
  quick: "Tiny models and few steps: a minute and a half at most on two idle cores",
  full: "8 seeds, recorded; extend was recorded with --seeds 4",
  experiments,
  seedCounts: { quick: 1, default: 3, full: 8 },
  flags: {},
});
