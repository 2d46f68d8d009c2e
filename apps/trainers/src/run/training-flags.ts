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

/** How a command that writes a few files treats a folder that it wrote before. */
export const overwriteFlag = {
  overwrite: flags.flag({ help: "Replace the files that this command wrote there before" }),
};

/** How a federation or an annotation treats an output folder that is in use already. */
export const continueFlags = {
  resume: flags.flag({
    help: "Go on with the run in the output folder, if there is one: the same command with --resume continues after Ctrl-C, a crash or a kill",
  }),
  overwrite: flags.flag({
    help: "Begin again in a folder that was used before; what the run did so far is deleted first",
  }),
};

/** How a training treats an output folder that is in use already. */
export const claimFlags = {
  resume: flags.flag({
    help: "Continue from the newest whole checkpoint of the output folder; settings and data must be those it was started with",
  }),
  overwrite: flags.flag({
    help: "Start again in a folder that was used before; the run's checkpoints, metrics.jsonl and own tokenizer are deleted first",
  }),
};
