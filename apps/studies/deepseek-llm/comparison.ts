import { defineComparison } from "../shared/comparison";
import { experiments } from "./introduction";

export const comparison = defineComparison({
  description:
    "Trains a grid of tiny models on real text, fits scaling laws, predicts a larger run and trains it; each seed is a separate sweep. Also writes runs.jsonl and fit.json.",
  examples: [
    "--quick",
    "--experiments C-3,C-4",
    "--full   # the same command continues where it was stopped",
  ],
  quick: "Three small budgets, under two minutes on two cores",
  full: "Seven budgets, eight sizes each: about an hour on two cores",
  experiments,
  seedCounts: { quick: 2, default: 5, full: 5 },
  flags: {},
});
