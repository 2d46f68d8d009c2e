import { join } from "node:path";
import { defineCommand } from "../../../cli/define-command";
import type { Values } from "../../../cli/flags";
import * as flags from "../../../cli/flags";
import { saveFile, saveJson } from "../../../formats/save-file";
import { withLocks } from "../../../store/locks";
import { type ComparisonSize, comparisonFlags, readComparison } from "../../comparison-flags";
import { claimsTable } from "../claims-table";
import { type ExperimentId, experimentNames } from "../experiments";
import { renderComparison } from "../report/render-comparison";
import { runComparison } from "../run-comparison";
import { type EsftSettings, esftSettings, seedCounts } from "../settings";
import { summarize } from "../summarize";
import { taskIds } from "../tasks";

const allExperiments = Object.keys(experimentNames) as ExperimentId[];

const settingFlags = {
  tasks: flags.names(taskIds, {
    help: `Tasks to fine-tune on, of ${taskIds.join(",")}; turkish,phones by default`,
  }),
  steps: flags.whole({ min: 1, help: "Steps per fine-tuning, instead of the size's" }),
  pretrainSteps: flags.whole({ min: 1, help: "Steps per base model, instead of the size's" }),
  generalShare: flags.real({
    max: 0.9,
    help: "Share of each fine-tuning batch that is text from the base model's training; 0 by default (the paper's main runs mix in 0.5)",
  }),
};

/** A size with what the flags replace. */
function readSettings(
  { steps: tuneSteps, ...given }: Values<typeof settingFlags>,
  size: ComparisonSize,
): EsftSettings {
  const replaced = Object.entries({ tuneSteps, ...given }).filter(([, v]) => v !== undefined);
  return { ...esftSettings[size], ...Object.fromEntries(replaced) };
}

export const compare = defineCommand({
  description:
    "Fine-tunes small DeepSeekMoE models by ESFT, LoRA, full and random choice with paired seeds and sets the result beside the paper's.",
  examples: [
    "esft compare --quick",
    "esft compare --experiments B-3,B-4 --tasks phones --seeds 5",
    "esft compare --full   # the same command continues where it was stopped",
  ],
  flags: {
    quick: flags.flag({ help: "Small models, about a minute on two cores" }),
    full: flags.flag({ help: "Longer trainings and 5 seeds: about half an hour" }),
    experiments: flags.names(allExperiments, {
      help: `Experiments, separated by commas; all of ${allExperiments.join(",")} by default`,
    }),
    ...settingFlags,
    out: flags.folder({
      help: "Folder for base models, results, comparison.json and report.html, in which finished work is kept; esft-comparison-<size> by default",
    }),
    ...comparisonFlags,
  },
  async run(
    {
      experiments = allExperiments,
      out,
      json,
      quick,
      full,
      seeds: count,
      seed,
      workers: asked,
      ...given
    },
    context,
  ) {
    const sized = { quick, full, seeds: count, seed, workers: asked, json };
    const { size, workers, seeds } = readComparison(sized, seedCounts);
    const settings = readSettings(given, size);
    const folder = out ?? context.resolve(`esft-comparison-${size}`);
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
    if (json) context.write(`${JSON.stringify(result)}\n`);
    else context.write(`${claimsTable(result.claims)}\n${join(folder, "report.html")}\n`);
  },
});
