import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { compareStudy } from "../../compare-study";
import { comparisonFlags, readComparison } from "../../comparison-flags";
import { comparisonSettings, seedCounts } from "../recipe";
import { experiments as all, deepseekMoe, fingerprintData } from "../study";

const ids = Object.keys(all) as (keyof typeof all)[];

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
    experiments: flags.names(ids, {
      help: `Experiments, separated by commas; all of ${ids.join(",")} by default`,
    }),
    steps: flags.whole({ min: 1, help: "Steps per training, instead of the size's" }),
    out: flags.folder({
      help: "Folder for runs, results.json and report.html, in which finished runs are kept; moe-comparison-<size> by default",
    }),
    ...comparisonFlags,
  },
  async run({ steps, experiments = ids, out, json, ...given }, context) {
    const { size, workers, seeds } = readComparison(given, seedCounts);
    const sizes = { ...comparisonSettings[size], ...(steps === undefined ? {} : { steps }) };
    const settings = { ...sizes, ...(await fingerprintData(sizes, context.signal)) };
    const folder = out ?? context.resolve(`moe-comparison-${size}`);
    await compareStudy(
      deepseekMoe,
      { folder, settings, seeds, experiments, workers, json },
      context,
    );
  },
});
