import { join } from "node:path";
import { defineCliCommand } from "../../cli/define-command";
import { numberFlag } from "../../cli/number-flag";
import { UsageError } from "../../cli/usage-error";
import { type ExperimentId, experimentNames } from "../../experiments/moe/claims";
import { claimsTable } from "../../experiments/moe/claims-table";
import { renderComparison } from "../../experiments/moe/comparison-report";
import { runComparison } from "../../experiments/moe/run-comparison";
import { comparisonSettings, seedCounts } from "../../experiments/moe/settings";
import { summarize } from "../../experiments/moe/summarize";
import { defaultWorkers } from "../../experiments/trainings/run-trainings";
import { saveFile, saveJson } from "../../formats/save-file";

const all = Object.keys(experimentNames) as ExperimentId[];

/** The experiments of a comma-separated list. */
function readExperiments(value: string | undefined): ExperimentId[] {
  if (value === undefined) return all;
  const names = value.split(",").map((name) => name.trim().toUpperCase());
  const unknown = names.find((name) => !all.some((id) => id === name));
  if (unknown !== undefined)
    throw new UsageError(`--experiments may name ${all.join(", ")}, got "${unknown}"`);
  return all.filter((id) => names.includes(id));
}

interface Flags {
  quick?: boolean | undefined;
  full?: boolean | undefined;
  seeds?: string | undefined;
  seed?: string | undefined;
  steps?: string | undefined;
  workers?: string | undefined;
}

function readSize(flags: Flags) {
  if (flags.quick && flags.full) throw new UsageError("give either --quick or --full");
  const size = flags.quick ? "quick" : flags.full ? "full" : "default";
  const count = numberFlag("seeds", flags.seeds, { min: 1, max: 1000 }) ?? seedCounts[size];
  const first = numberFlag("seed", flags.seed, { max: 2 ** 31 })!;
  const steps = numberFlag("steps", flags.steps, { min: 1 });
  return {
    size,
    workers: numberFlag("workers", flags.workers, { min: 1, max: 64 }) ?? defaultWorkers(),
    settings: { ...comparisonSettings[size], ...(steps === undefined ? {} : { steps }) },
    seeds: Array.from({ length: count }, (_, i) => first + i),
  };
}

export const compare = defineCliCommand({
  name: "compare",
  description:
    "Trains Dense, Hash, Switch, GShard and DeepSeekMoE in miniature with paired seeds and sets the result beside the paper's.",
  examples: [
    "moe compare --quick",
    "moe compare --experiments A-1,A-5 --seeds 5",
    "moe compare --full   # the same command goes on where it was stopped",
  ],
  args: {
    quick: { type: "boolean", description: "Small models, about a minute on two cores" },
    full: { type: "boolean", description: "More steps and 5 seeds: hours" },
    experiments: {
      type: "string",
      valueHint: "list",
      description: `Which, separated by commas. Default all: ${all.join(",")}`,
    },
    seeds: { type: "string", description: "Paired seeds. Default 3; with --full 5" },
    seed: { type: "string", default: "1", description: "The first of them" },
    steps: { type: "string", description: "Steps of each training, instead of the size's" },
    workers: {
      type: "string",
      description:
        "Trainings at a time, each on a core of its own; 1 gives one training all cores. Default: the number of cores, at most 8",
    },
    out: {
      type: "string",
      valueHint: "dir",
      description:
        "Folder for trainings, comparison.json and report.html; finished trainings in it are kept. Default moe-comparison, with the size",
    },
    json: { type: "boolean", description: "The result as JSON on stdout" },
  },
  async run(args, context) {
    const { size, workers, settings, seeds } = readSize(args);
    const experiments = readExperiments(args.experiments);
    const folder = context.resolve(args.out ?? `moe-comparison-${size}`);
    const { progress, signal } = context;
    const setup = { settings, seeds, experiments };
    const trainings = await runComparison({
      folder,
      ...setup,
      workers,
      progress,
      signal,
    }).catch((error) => {
      if (signal.aborted) progress.finish(`Stopped. The same command goes on in ${folder}`);
      throw error;
    });
    const result = summarize({ ...setup, trainings });
    await saveJson(join(folder, "comparison.json"), result);
    await saveFile(join(folder, "report.html"), renderComparison(result));
    if (args.json) context.write(`${JSON.stringify(result)}\n`);
    else context.write(`${claimsTable(result.claims)}\n${join(folder, "report.html")}\n`);
  },
});
