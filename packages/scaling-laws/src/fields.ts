/**
 * The options of fits and plans as data: help, range and default, for command lines and forms.
 *
 * @packageDocumentation
 */
import type { OptionFields } from "@deepgrain/support";

/** The purpose, range and default of this package's options, for command lines and forms. */
export const fields = {
  /** Of `importRuns` and `runFromFolder`. */
  runs: {
    format: {
      kind: "choice",
      words: ["csv", "jsonl", "wandb"],
      help: "Format of the files; detected from their first line by default",
    },
    unit: {
      kind: "choice",
      words: ["loss", "bpb"],
      help: "Column with the loss; bpb if all rows have it",
    },
    stage: { kind: "text", help: "Stage of metrics.jsonl to read; pretrain by default" },
    sequenceLength: {
      kind: "whole",
      min: 1,
      help: "Training sequence length, for folders that do not record it and to plan whole steps",
    },
  },
  /** Of `fitReport`. */
  fit: {
    minBudgets: {
      kind: "whole",
      min: 2,
      default: 5,
      help: "Minimum number of budgets with a usable profile",
    },
    minSizes: {
      kind: "whole",
      min: 4,
      default: 4,
      help: "Minimum number of model sizes per profile",
    },
    band: {
      kind: "real",
      above: 0,
      below: 1,
      default: 0.0025,
      help: "Relative excess loss that still counts as near-optimal",
    },
    confidence: { kind: "real", above: 0, below: 1, default: 0.95, help: "Level of the intervals" },
    resamples: {
      kind: "whole",
      min: 1,
      default: 1000,
      help: "Draws of the bootstrap",
    },
    seed: { kind: "whole", default: 0, help: "Seed of the bootstrap" },
  },
} as const satisfies Readonly<Record<string, OptionFields>>;
