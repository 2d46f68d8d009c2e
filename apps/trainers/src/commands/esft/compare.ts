import { join } from "node:path";
import { defineCliCommand } from "../../cli/define-command";
import { numberFlag } from "../../cli/number-flag";
import { claimsTable } from "../../experiments/esft/claims-table";
import { type ExperimentId, experimentNames } from "../../experiments/esft/experiments";
import { renderComparison } from "../../experiments/esft/report/render-comparison";
import { runComparison } from "../../experiments/esft/run-comparison";
import { type EsftSettings, esftSettings, seedCounts } from "../../experiments/esft/settings";
import { summarize } from "../../experiments/esft/summarize";
import { taskIds } from "../../experiments/esft/tasks";
import { saveFile, saveJson } from "../../formats/save-file";
import { withLocks } from "../../store/locks";
import {
  type ComparisonFlags,
  type ComparisonSize,
  comparisonArgs,
  readComparison,
  readNames,
} from "../comparison-flags";

const allExperiments = Object.keys(experimentNames) as ExperimentId[];

interface Flags extends ComparisonFlags {
  steps?: string | undefined;
  "pretrain-steps"?: string | undefined;
  "general-share"?: string | undefined;
  tasks?: string | undefined;
}

/** A size with what the flags replace. */
function readSettings(flags: Flags, size: ComparisonSize): EsftSettings {
  const replaced = {
    tuneSteps: numberFlag("steps", flags.steps, { min: 1 }),
    pretrainSteps: numberFlag("pretrain-steps", flags["pretrain-steps"], { min: 1 }),
    generalShare: numberFlag("general-share", flags["general-share"], { max: 0.9, whole: false }),
    tasks: readNames("tasks", flags.tasks, taskIds),
  };
  const given = Object.entries(replaced).filter(([, value]) => value !== undefined);
  return { ...esftSettings[size], ...Object.fromEntries(given) };
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
    full: {
      type: "boolean",
      description: "Longer trainings and 5 seeds: about half an hour",
    },
    experiments: {
      type: "string",
      valueHint: "list",
      description: `Which, separated by commas. Default all: ${allExperiments.join(",")}`,
    },
    tasks: {
      type: "string",
      valueHint: "list",
      description: `Tasks to fine-tune on, of ${taskIds.join(",")}. Default turkish,phones`,
    },
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
    out: {
      type: "string",
      valueHint: "dir",
      description:
        "Folder for base models, results, comparison.json and report.html; what is finished in it is kept. Default esft-comparison, with the size",
    },
    ...comparisonArgs,
  },
  async run(args, context) {
    const { size, workers, seeds } = readComparison(args, seedCounts);
    const settings = readSettings(args, size);
    const experiments =
      readNames("experiments", args.experiments, allExperiments) ?? allExperiments;
    const folder = context.resolve(args.out ?? `esft-comparison-${size}`);
    const { progress, signal } = context;
    const setup = { settings, seeds, experiments };
    const output = { kind: "folder", path: folder } as const;
    const result = await withLocks([output], "deepgrain esft compare", async (assertOutputs) => {
      const options = { folder, ...setup, workers, progress, signal, assertOutputs };
      const results = await runComparison(options).catch((error) => {
        if (signal.aborted) progress.finish(`Stopped. The same command goes on in ${folder}`);
        throw error;
      });
      const summary = summarize({ ...setup, results });
      await saveJson(join(folder, "comparison.json"), summary);
      await saveFile(join(folder, "report.html"), renderComparison(summary));
      await assertOutputs();
      return summary;
    });
    if (args.json) context.write(`${JSON.stringify(result)}\n`);
    else context.write(`${claimsTable(result.claims)}\n${join(folder, "report.html")}\n`);
  },
});
