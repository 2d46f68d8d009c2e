import type { AlignConfig } from "@deepgrain/align";
import { optim } from "@deepgrain/tensor-gpu";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { claimFlags } from "./training-flags";

/** Flags of every training of a model folder into another. */
export const tuningFlags = ({ lr }: { lr: number }) => ({
  model: flags.folder({ required: true, help: "Hugging Face folder to start from" }),
  out: flags.folder({
    required: true,
    writes: "folder",
    help: "Model folder, or adapter folder with --lora-rank; run.json, checkpoints and metrics.jsonl are written there too",
  }),
  loraRank: flags.whole({
    min: 1,
    help: "Train low-rank factors of this rank; all weights without it",
  }),
  loraAlpha: flags.real({
    min: 1e-6,
    help: "The factors' product is scaled by alpha/rank; twice the rank by default",
  }),
  merge: flags.flag({
    help: "With --lora-rank, write the model with the factors added instead of an adapter",
  }),
  maxLength: flags.whole({
    min: 2,
    help: "Tokens of a prompt with its answer; the model's context by default",
  }),
  steps: flags.whole({ min: 1, default: 200, help: "Optimiser steps" }),
  batchSize: flags.whole({ min: 1, default: 8, help: "Pairs, sequences or prompts per step" }),
  lr: flags.real({ default: lr, help: "Peak learning rate; it falls to a tenth along a cosine" }),
  warmup: flags.whole({ default: 0, help: "Steps over which the rate rises from 0" }),
  seed: flags.whole({ default: 0, help: "Same seed, same result" }),
  evaluateEvery: flags.whole({ min: 1, default: 50, help: "Steps between evaluations" }),
  checkpointEvery: flags.whole({ min: 1, default: 100, help: "Steps between checkpoints" }),
  ...claimFlags,
  json: flags.flag({ help: "Print the result as JSON" }),
});

/** Flags of every training on conversations, pairs or rewards. */
export const alignFlags = ({ lr, data }: { lr: number; data: string }) => ({
  data: flags.file({ required: true, help: data }),
  skipBadRows: flags.flag({
    help: "Leave out malformed rows, each listed and all counted, instead of ending at the first",
  }),
  template: flags.text({
    help: "Name of one of the tokenizer's chat templates, or a Jinja template; its own by default",
  }),
  ...tuningFlags({ lr }),
});

/** The values of {@link tuningFlags}, and where there are files of rows, of theirs. */
export type TuningValues = Values<ReturnType<typeof tuningFlags>> &
  Partial<Pick<AlignValues, "data" | "skipBadRows" | "template">>;

/** The values of a training's flags. */
export type AlignValues = Values<ReturnType<typeof alignFlags>>;

/** Share of conversations or pairs held out for evaluation. */
export const heldOutFlag = flags.real({
  max: 0.9,
  default: 0.1,
  help: "Share of the rows that is held out and measured; 0 for none",
});

/** Rows to train on and rows to measure, by the seed-free rule that every k-th row is held out. */
export function splitRows<T>(rows: readonly T[], share: number): { train: T[]; heldOut: T[] } {
  const every = share > 0 ? Math.max(2, Math.round(1 / share)) : Infinity;
  const isHeldOut = (_: T, i: number) => i % every === every - 1;
  return {
    train: rows.filter((row, i) => !isHeldOut(row, i)),
    heldOut: rows.filter(isHeldOut),
  };
}

/** The rate over the steps. */
const scheduleOf = ({ lr: peak, warmup, steps }: TuningValues): optim.Schedule =>
  optim.cosineSchedule({ peak, warmup, total: steps, floor: peak / 10 });

/** Options of `@deepgrain/align` that all trainings share. */
export const trainingOptions = (
  values: TuningValues,
  { checkpoints, signal }: { checkpoints: string; signal: AbortSignal },
): Pick<
  AlignConfig,
  "steps" | "lr" | "batchSize" | "seed" | "resume" | "signal" | "checkpoint"
> => ({
  steps: values.steps,
  lr: scheduleOf(values),
  batchSize: values.batchSize,
  seed: values.seed,
  resume: values.resume,
  signal,
  checkpoint: { folder: checkpoints, everySteps: values.checkpointEvery },
});

/** The flags that determine the result, for run.json. */
export const settingsOf = (values: TuningValues) => ({
  steps: values.steps,
  batchSize: values.batchSize,
  lr: values.lr,
  warmup: values.warmup,
  seed: values.seed,
  loraRank: values.loraRank ?? null,
  loraAlpha: values.loraRank === undefined ? null : (values.loraAlpha ?? 2 * values.loraRank),
  maxLength: values.maxLength ?? null,
  template: values.template ?? null,
  skipBadRows: values.skipBadRows ?? false,
});
