import { createRandom } from "@deepgrain/lm";
import { type FitReport, fitReport, type Run } from "@deepgrain/scaling-laws";
import type { CliContext } from "../cli/context";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { readRuns } from "./read-runs";

/** Flags of commands that read and fit a table of runs. */
export const runsFlags = {
  runs: flags.text({
    hint: "files",
    help: "Runs, separated by commas: CSV or JSON lines with flops, model (or params, or layers, width, sequence_length), tokens, loss (or bpb) and optionally batch_tokens, lr, seed; a CSV export of W&B; folders with metrics.jsonl",
  }),
  format: flags.choice(["csv", "jsonl", "wandb"], {
    help: "Form of the files, which is otherwise told by their first line",
  }),
  unit: flags.choice(["loss", "bpb"], {
    help: "Which column is the loss; bpb where all rows have it",
  }),
  stage: flags.text({ help: "Stage of metrics.jsonl to read; pretrain by default" }),
  sequenceLength: flags.whole({
    min: 1,
    help: "Training sequence length, where a folder does not say it and for whole steps of a plan",
  }),
  minBudgets: flags.whole({
    min: 2,
    default: 5,
    help: "Budgets with a usable profile that a law needs",
  }),
  minSizes: flags.whole({ min: 4, default: 4, help: "Model sizes that a profile needs" }),
  band: flags.real({
    max: 0.5,
    default: 0.0025,
    help: "Relative excess of loss that counts as near-optimal",
  }),
  confidence: flags.real({ max: 1, default: 0.95, help: "Level of the intervals" }),
  resamples: flags.whole({ min: 10, default: 1000, help: "Draws of the bootstrap" }),
  seed: flags.whole({ default: 0, help: "Seed of the bootstrap" }),
};

type Given = Values<typeof runsFlags>;

/** Reads the runs that the flags name. @throws as `readRuns` */
export function runsOf(
  { runs, format, unit, stage, sequenceLength }: Given,
  { resolve, progress }: CliContext,
): Promise<Run[]> {
  const paths = (runs ?? "").split(",").filter((path) => path.trim() !== "");
  if (paths.length === 0) throw new UsageError("--runs names no file or folder");
  return readRuns(
    paths.map((path) => resolve(path.trim())),
    {
      format,
      unit,
      scale: { stage, sequenceLength },
      note: (text) => progress.note(text),
    },
  );
}

/** Fits the laws as the flags say. @throws {ScalingLawsError} `ERR_TOO_FEW` saying what is missing */
export const fitOf = (
  runs: readonly Run[],
  { minBudgets, minSizes, band, confidence, resamples, seed }: Given,
): FitReport =>
  fitReport(runs, {
    minBudgets,
    minSizes,
    band,
    confidence,
    resamples,
    random: createRandom(seed).next,
  });
