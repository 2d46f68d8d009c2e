import { join } from "node:path";
import { defineCliCommand } from "../../cli/define-command";
import { numberFlag } from "../../cli/number-flag";
import { UsageError } from "../../cli/usage-error";
import { claimsTable } from "../../experiments/esft/claims-table";
import { type ExperimentId, experimentNames } from "../../experiments/esft/experiments";
import { renderComparison } from "../../experiments/esft/report/render-comparison";
import { runComparison } from "../../experiments/esft/run-comparison";
import { type EsftSettings, esftSettings, seedCounts } from "../../experiments/esft/settings";
import { summarize } from "../../experiments/esft/summarize";
import { type TaskId, taskIds } from "../../experiments/esft/tasks";
import { defaultWorkers } from "../../experiments/trainings/run-trainings";
import { saveFile, saveJson } from "../../formats/save-file";

const allExperiments = Object.keys(experimentNames) as ExperimentId[];

/** The names of a comma-separated list, in the order of `known`. */
function readList<T extends string>(
  flag: string,
  value: string | undefined,
  known: readonly T[],
): T[] | undefined {
  if (value === undefined) return undefined;
  const names = value.split(",").map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !known.some((id) => id.toLowerCase() === name));
  if (unknown !== undefined)
    throw new UsageError(`--${flag} may name ${known.join(", ")}, got "${unknown}"`);
  return known.filter((id) => names.includes(id.toLowerCase()));
}

type Flags = Partial<
  Record<
    "seeds" | "seed" | "steps" | "pretrain-steps" | "tasks" | "general-share" | "workers",
    string | undefined
  > &
    Record<"quick" | "full", boolean | undefined>
>;

/** A size with what the flags replace. */
function readSettings(flags: Flags, size: keyof typeof esftSettings): EsftSettings {
  const replaced = {
    tuneSteps: numberFlag("steps", flags.steps, { min: 1 }),
    pretrainSteps: numberFlag("pretrain-steps", flags["pretrain-steps"], { min: 1 }),
    generalShare: numberFlag("general-share", flags["general-share"], { max: 0.9, whole: false }),
    tasks: readList<TaskId>("tasks", flags.tasks, taskIds),
  };
  const given = Object.entries(replaced).filter(([, value]) => value !== undefined);
  return { ...esftSettings[size], ...Object.fromEntries(given) };
}

function readSize(flags: Flags) {
  if (flags.quick && flags.full) throw new UsageError("give either --quick or --full");
  const size = flags.quick ? "quick" : flags.full ? "full" : "default";
  const count = numberFlag("seeds", flags.seeds, { min: 1, max: 1000 }) ?? seedCounts[size];
  const first = numberFlag("seed", flags.seed, { max: 2 ** 31 })!;
  return {
    size,
    workers: numberFlag("workers", flags.workers, { min: 1, max: 64 }) ?? defaultWorkers(),
    settings: readSettings(flags, size),
    seeds: Array.from({ length: count }, (_, i) => first + i),
  };
}

export const compare = defineCliCommand({
  name: "compare",
  description:
    "Fine-tunes small DeepSeekMoE models by ESFT, LoRA, full and random choice with paired seeds and sets the result beside the paper's.",
  examples: [
    "esft compare --quick",
    "esft compare --experiments B-3,B-4 --tasks phones --seeds 5",
    "esft compare --full   # the same command goes on where it was stopped",
  ],
  args: {
    quick: { type: "boolean", description: "Small models, about a minute on two cores" },
    full: { type: "boolean", description: "Longer trainings and 5 seeds: about three quarters of an hour" },
    experiments: {
      type: "string",
      valueHint: "list",
      description: `Which, separated by commas. Default all: ${allExperiments.join(",")}`,
    },
    tasks: {
      type: "string",
      valueHint: "list",
      description: `Tasks to fine-tune on, of ${taskIds.join(",")}. Default turkish,phones; with --full all`,
    },
    seeds: { type: "string", description: "Paired seeds. Default 3; with --full 5" },
    seed: { type: "string", default: "1", description: "The first of them" },
    steps: { type: "string", description: "Steps of each fine-tuning, instead of the size's" },
    "pretrain-steps": {
      type: "string",
      description: "Steps of each base model, instead of the size's",
    },
    "general-share": {
      type: "string",
      description:
        "Share of each fine-tuning batch that is text of the base model's training, 0 to 0.9. Default 0; the paper's main runs mix 0.5",
    },
    workers: {
      type: "string",
      description:
        "Trainings at a time, each on a core of its own; 1 gives one training all cores. Default: the number of cores, at most 8",
    },
    out: {
      type: "string",
      valueHint: "dir",
      description:
        "Folder for base models, results, comparison.json and report.html; what is finished in it is kept. Default esft-comparison, with the size",
    },
    json: { type: "boolean", description: "The result as JSON on stdout" },
  },
  async run(args, context) {
    const { size, workers, settings, seeds } = readSize(args);
    const experiments = readList("experiments", args.experiments, allExperiments) ?? allExperiments;
    const folder = context.resolve(args.out ?? `esft-comparison-${size}`);
    const { progress, signal } = context;
    const setup = { settings, seeds, experiments };
    const options = { folder, ...setup, workers, progress, signal };
    const results = await runComparison(options).catch((error) => {
      if (signal.aborted) progress.finish(`Stopped. The same command goes on in ${folder}`);
      throw error;
    });
    const result = summarize({ ...setup, results });
    await saveJson(join(folder, "comparison.json"), result);
    await saveFile(join(folder, "report.html"), renderComparison(result));
    if (args.json) context.write(`${JSON.stringify(result)}\n`);
    else context.write(`${claimsTable(result.claims)}\n${join(folder, "report.html")}\n`);
  },
});
