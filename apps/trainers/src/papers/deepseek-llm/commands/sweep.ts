import { join } from "node:path";
import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { saveFile, saveJson } from "../../../formats/save-file";
import { compareStudy } from "../../compare-study";
import { comparisonFlags, readComparison } from "../../comparison-flags";
import { seedCounts, sweepSettings } from "../sweep/recipe";
import { pooledFit, rowsOf } from "../sweep/report";
import { fingerprintData, scalingSweep } from "../sweep/study";
import { experiments as all } from "../sweep/variants";

const ids = Object.keys(all) as (keyof typeof all)[];

export const sweep = defineCommand({
  description:
    "Trains a grid of tiny models on real text, fits scaling laws, predicts a larger run and trains it; each seed is a sweep of its own.",
  examples: [
    "scaling sweep --quick",
    "scaling sweep --experiments C-3,C-4",
    "scaling sweep --full   # the same command continues where it was stopped",
  ],
  flags: {
    quick: flags.flag({ help: "Three small budgets, under two minutes on two cores" }),
    full: flags.flag({ help: "Seven budgets, eight sizes each: about an hour on two cores" }),
    experiments: flags.names(ids, {
      help: `Experiments, separated by commas; all of ${ids.join(",")} by default`,
    }),
    out: flags.folder({
      help: "Folder for runs, runs.jsonl, fit.json, results.json and report.html, in which finished runs are kept; scaling-sweep-<size> by default",
    }),
    ...comparisonFlags,
  },
  async run({ experiments = ids, out, json, ...given }, context) {
    const { size, workers, seeds } = readComparison(given, seedCounts);
    const sizes = sweepSettings[size];
    const settings = { ...sizes, ...(await fingerprintData(sizes, context.signal)) };
    const folder = out ?? context.resolve(`scaling-sweep-${size}`);
    const runs = await compareStudy(
      scalingSweep,
      { folder, settings, seeds, experiments, workers, json },
      context,
    );
    const lines = rowsOf(runs).map((row) => `${JSON.stringify(row)}\n`);
    await saveFile(join(folder, "runs.jsonl"), lines.join(""));
    await saveJson(join(folder, "fit.json"), pooledFit(runs, "english").law);
  },
});
