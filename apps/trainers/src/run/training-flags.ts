import * as flags from "../cli/flags";

/** The flags that every training has. */
export const trainingFlags = (defaults: {
  steps: number;
  batchSize: number;
  sequenceLength: number;
  lr: number;
}) => ({
  steps: flags.whole({ min: 1, default: defaults.steps, help: "Optimiser steps" }),
  batchSize: flags.whole({ min: 1, default: defaults.batchSize, help: "Sequences per batch" }),
  sequenceLength: flags.whole({
    min: 2,
    default: defaults.sequenceLength,
    help: "Tokens per sequence",
  }),
  lr: flags.real({ default: defaults.lr, help: "Peak learning rate" }),
  warmup: flags.whole({ default: 0, help: "Steps over which the rate rises from 0" }),
  seed: flags.whole({ default: 0, help: "Same seed, same result" }),
  evaluateEvery: flags.whole({ min: 1, default: 100, help: "Steps between evaluations" }),
  checkpointEvery: flags.whole({ min: 1, default: 100, help: "Steps between checkpoints" }),
});

/** How a training treats an output folder that is in use already. */
export const claimFlags = {
  resume: flags.flag({
    help: "Continue from the newest whole checkpoint of the output folder; settings and data must be those it was started with",
  }),
  overwrite: flags.flag({
    help: "Start again in a folder that was used before; the run's checkpoints, metrics.jsonl and own tokenizer are deleted first",
  }),
};
