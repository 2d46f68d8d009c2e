import { numberFlag } from "../cli/number-flag";

/** The flags that every training has. */
export const trainingArgs = (defaults: {
  steps: string;
  batch: string;
  length: string;
  rate: string;
}) =>
  ({
    steps: { type: "string", default: defaults.steps, description: "Optimiser steps" },
    "batch-size": { type: "string", default: defaults.batch, description: "Sequences in a step" },
    "sequence-length": {
      type: "string",
      default: defaults.length,
      description: "Tokens in a sequence",
    },
    lr: { type: "string", default: defaults.rate, description: "Highest learning rate" },
    warmup: { type: "string", default: "0", description: "Steps over which the rate rises from 0" },
    seed: { type: "string", default: "0", description: "Same seed, same result" },
    "evaluate-every": { type: "string", default: "100", description: "Steps between measurements" },
    "checkpoint-every": {
      type: "string",
      default: "100",
      description: "Steps between checkpoints",
    },
    resume: {
      type: "boolean",
      description:
        "Go on from the newest whole checkpoint of the output folder; settings and data must be those it was begun with",
    },
    overwrite: {
      type: "boolean",
      description:
        "Begin anew in a folder that was used before; the run's checkpoints, metrics.jsonl and own tokenizer are deleted first",
    },
    json: { type: "boolean", description: "The result as JSON" },
  }) as const;

/** The flags as the parser gives them. */
export type TrainingFlags = Record<
  Exclude<keyof ReturnType<typeof trainingArgs>, "resume" | "overwrite" | "json">,
  string
>;

/** @throws {UsageError} naming the flag that is no number or outside its range */
export function trainingFlags(flags: TrainingFlags) {
  const whole = (name: keyof TrainingFlags, min: number) => numberFlag(name, flags[name], { min })!;
  return {
    steps: whole("steps", 1),
    batchSize: whole("batch-size", 1),
    sequenceLength: whole("sequence-length", 2),
    peak: numberFlag("lr", flags.lr, { whole: false })!,
    warmup: whole("warmup", 0),
    seed: whole("seed", 0),
    evaluateEvery: whole("evaluate-every", 1),
    checkpointEvery: whole("checkpoint-every", 1),
  };
}
