import { defineCommand } from "../../../cli/define-command";
import type { Values } from "../../../cli/flags";
import * as flags from "../../../cli/flags";
import { compareStudy } from "../../compare-study";
import { type ComparisonSize, comparisonFlags, readComparison } from "../../comparison-flags";
import { fingerprintData } from "../comparison-data";
import { type EsftSettings, esftSettings, seedCounts } from "../recipe";
import { esft } from "../study";
import { taskIds } from "../tasks";
import { experiments as all } from "../variants";

const ids = Object.keys(all) as (keyof typeof all)[];

const settingFlags = {
  tasks: flags.names(taskIds, {
    help: `Tasks to fine-tune on, of ${taskIds.join(",")}; turkish,phones by default`,
  }),
  steps: flags.whole({ min: 1, help: "Steps per fine-tuning, instead of the size's" }),
  pretrainSteps: flags.whole({ min: 1, help: "Steps per base model, instead of the size's" }),
  generalShare: flags.real({
    max: 0.9,
    help: "Share of each fine-tuning batch that is text from the base model's training; 0.5 by default, as in the paper's main runs",
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
    experiments: flags.names(ids, {
      help: `Experiments, separated by commas; all of ${ids.join(",")} by default`,
    }),
    ...settingFlags,
    out: flags.folder({
      help: "Folder for base models, runs, results.json and report.html, in which finished work is kept; esft-comparison-<size> by default",
    }),
    ...comparisonFlags,
  },
  async run(
    { experiments = ids, out, json, quick, full, seeds: count, seed, workers: asked, ...given },
    context,
  ) {
    const sized = { quick, full, seeds: count, seed, workers: asked };
    const { size, workers, seeds } = readComparison(sized, seedCounts);
    const sizes = readSettings(given, size);
    const settings = { ...sizes, ...(await fingerprintData(sizes, context.signal)) };
    const folder = out ?? context.resolve(`esft-comparison-${size}`);
    await compareStudy(esft, { folder, settings, seeds, experiments, workers, json }, context);
  },
});
