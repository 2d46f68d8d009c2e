import { join } from "node:path";
import { defineCliCommand } from "../../cli/define-command";
import { numberFlag } from "../../cli/number-flag";
import { type ExperimentId, experimentNames } from "../../experiments/moe/claims";
import { claimsTable } from "../../experiments/moe/claims-table";
import { renderComparison } from "../../experiments/moe/comparison-report";
import { runComparison } from "../../experiments/moe/run-comparison";
import { comparisonSettings, seedCounts } from "../../experiments/moe/settings";
import { summarize } from "../../experiments/moe/summarize";
import { saveFile, saveJson } from "../../formats/save-file";
import { withLocks } from "../../store/locks";
import { comparisonArgs, readComparison, readNames } from "../comparison-flags";

const all = Object.keys(experimentNames) as ExperimentId[];

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
    full: { type: "boolean", description: "More steps and 5 seeds: over an hour" },
    experiments: {
      type: "string",
      valueHint: "list",
      description: `Which, separated by commas. Default all: ${all.join(",")}`,
    },
    steps: { type: "string", description: "Steps of each training, instead of the size's" },
    out: {
      type: "string",
      valueHint: "dir",
      description:
        "Folder for trainings, comparison.json and report.html; finished trainings in it are kept. Default moe-comparison, with the size",
    },
    ...comparisonArgs,
  },
  async run(args, context) {
    const { size, workers, seeds } = readComparison(args, seedCounts);
    const steps = numberFlag("steps", args.steps, { min: 1 });
    const settings = { ...comparisonSettings[size], ...(steps === undefined ? {} : { steps }) };
    const experiments = readNames("experiments", args.experiments, all) ?? all;
    const folder = context.resolve(args.out ?? `moe-comparison-${size}`);
    const { progress, signal } = context;
    const setup = { settings, seeds, experiments };
    const output = { kind: "folder", path: folder } as const;
    const result = await withLocks([output], "deepgrain moe compare", async (assertOutputs) => {
      const options = { folder, ...setup, workers, progress, signal, assertOutputs };
      const trainings = await runComparison(options).catch((error) => {
        if (signal.aborted) progress.finish(`Stopped. The same command goes on in ${folder}`);
        throw error;
      });
      const summary = summarize({ ...setup, trainings });
      await saveJson(join(folder, "comparison.json"), summary);
      await saveFile(join(folder, "report.html"), renderComparison(summary));
      await assertOutputs();
      return summary;
    });
    if (args.json) context.write(`${JSON.stringify(result)}\n`);
    else context.write(`${claimsTable(result.claims)}\n${join(folder, "report.html")}\n`);
  },
});
