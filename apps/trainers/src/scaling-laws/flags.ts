import * as flags from "@deepgrain/command-line/flags/flags";
import { flagsFrom } from "@deepgrain/command-line/flags/flags-from";
import { fields } from "@deepgrain/scaling-laws/fields";

/** Flags of commands that read and fit a table of runs. */
export const runsFlags = {
  runs: flags.text({
    hint: "files",
    help: "Runs, separated by commas: CSV or JSON lines with flops, model (or params, or layers, width, sequence_length), tokens, loss (or bpb) and optionally batch_tokens, lr, seed; a CSV export of W&B; folders with metrics.jsonl",
  }),
  ...flagsFrom(fields.runs),
  ...flagsFrom(fields.fit),
};

const positive = (help: string) => flags.real({ above: 0, help });

/** The target that a budget is found for. */
const goalFlags = {
  modelFlops: positive("Instead of a budget: the FLOPs per token M that shall be optimal"),
  tokens: positive("Instead of a budget: the training tokens that shall be optimal"),
  batchTokens: positive("Instead of a budget: the batch in tokens that shall be optimal"),
  lr: positive("Instead of a budget: the peak rate that shall be optimal"),
  loss: positive("Instead of a budget: the loss to reach"),
};

const { runs, format, unit, ...fitting } = runsFlags;

/** The law of a plan. */
export const lawFlags = {
  law: flags.text({
    hint: "name|file",
    help: "A published law (deepseek, chinchilla, chinchillaRefit or kaplan), or a file written by `scaling fit --out`; deepseek by default",
  }),
  runs: {
    ...runs,
    help: "Fit these runs first (like scaling fit), so that the plan has intervals",
  },
  format,
  unit,
  ...fitting,
};

/** The flags of `scaling fit`. */
export const fitFlags = {
  ...runsFlags,
  runs: { ...runsFlags.runs, isRequired: true },
  parametric: flags.flag({
    help: "Also fit L(M, D) = E + A/M^α + B/D^β, as Chinchilla's third approach",
  }),
  out: flags.outFile({
    help: "File for the law: { allocation: { model, data }, batchSize, learningRate, loss }, every number { value, lower, upper }",
  }),
  json: flags.flag({ help: "Print the law as JSON" }),
};

/** The flags of `scaling plan`. */
export const planFlags = {
  budget: positive("Training FLOPs, for example 1e20"),
  ...goalFlags,
  ...lawFlags,
  json: flags.flag({ help: "Print the plan as JSON" }),
};
