import { join } from "node:path";
import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { saveFile, saveJson } from "../../../formats/save-file";
import { withLocks } from "../../../store/locks";
import { comparisonFlags, readComparison } from "../../comparison-flags";
import { type ExperimentId, experimentNames } from "../claims";
import { claimsTable } from "../claims-table";
import { renderComparison } from "../comparison-report";
import { runComparison } from "../run-comparison";
import { comparisonSettings, seedCounts } from "../settings";
import { summarize } from "../summarize";

const all = Object.keys(experimentNames) as ExperimentId[];

export const compare = defineCommand({
  description:
    "Trains Dense, Hash, Switch, GShard and DeepSeekMoE in miniature with paired seeds and sets the result beside the paper's.",
  examples: [
    "moe compare --quick",
    "moe compare --experiments A-1,A-5 --seeds 5",
    "moe compare --full   # the same command continues where it was stopped",
  ],
  flags: {
    quick: flags.flag({ help: "Small models, about a minute on two cores" }),
    full: flags.flag({ help: "More steps and 5 seeds: over an hour" }),
    experiments: flags.names(all, {
      help: `Experiments, separated by commas; all of ${all.join(",")} by default`,
    }),
    steps: flags.whole({ min: 1, help: "Steps per training, instead of the size's" }),
    out: flags.folder({
      help: "Folder for trainings, comparison.json and report.html, in which finished trainings are kept; moe-comparison-<size> by default",
    }),
    ...comparisonFlags,
  },
  async run({ steps, experiments = all, out, json, ...given }, context) {
    const { size, workers, seeds } = readComparison(given, seedCounts);
    const settings = { ...comparisonSettings[size], ...(steps === undefined ? {} : { steps }) };
    const folder = out ?? context.resolve(`moe-comparison-${size}`);
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
    if (json) context.write(`${JSON.stringify(result)}\n`);
    else context.write(`${claimsTable(result.claims)}\n${join(folder, "report.html")}\n`);
  },
});
