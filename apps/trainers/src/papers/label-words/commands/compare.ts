import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { compareStudy } from "../../compare-study";
import { comparisonFlags, readComparison } from "../../comparison-flags";
import { comparisonSettings, seedCounts } from "../recipe";
import { labelWords } from "../study";
import { experiments as all } from "../variants";

const ids = Object.keys(all) as (keyof typeof all)[];

export const compare = defineCommand({
  description:
    "Trains tiny models that learn in context, with and without anchors, at paired seeds, and sets what is found beside the paper's claims.",
  examples: [
    "anchors compare --quick",
    "anchors compare --experiments A-1,A-2 --seeds 5",
    "anchors compare --full   # the same command continues where it was stopped",
  ],
  flags: {
    quick: flags.flag({ help: "Smaller models and fewer prompts: about a minute on two cores" }),
    full: flags.flag({ help: "Longer training and more prompts" }),
    experiments: flags.names(ids, {
      help: `Experiments, separated by commas; all of ${ids.join(",")} by default`,
    }),
    out: flags.folder({
      help: "Folder for runs, results.json and report.html, in which finished runs are kept; anchors-comparison-<size> by default",
    }),
    ...comparisonFlags,
    seeds: flags.whole({ min: 1, max: 1000, help: "Paired seeds; 5 by default, 3 with --quick" }),
  },
  async run({ experiments = ids, out, json, ...given }, context) {
    const { size, workers, seeds } = readComparison(given, seedCounts);
    const settings = comparisonSettings[size];
    const folder = out ?? context.resolve(`anchors-comparison-${size}`);
    await compareStudy(
      labelWords,
      { folder, settings, seeds, experiments, workers, json },
      context,
    );
  },
});
