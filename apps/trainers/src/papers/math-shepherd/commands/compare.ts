import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { compareStudy } from "../../compare-study";
import { comparisonFlags, readComparison } from "../../comparison-flags";
import { experiments as all } from "../claims";
import { shepherdSeeds, shepherdSettings } from "../recipe";
import { summaryText } from "../report";
import { mathShepherd } from "../study";

const ids = Object.keys(all) as (keyof typeof all)[];

export const compare = defineCommand({
  description:
    "Fine-tunes small models on word problems, annotates their solutions, trains process and outcome reward models, and sets what is found beside the paper's claims.",
  examples: [
    "prm compare --quick",
    "prm compare --experiments E-1,E-4",
    "prm compare --full   # the same command continues where it was stopped",
  ],
  flags: {
    quick: flags.flag({ help: "Small models and few problems: about a minute on two idle cores" }),
    full: flags.flag({
      help: "More rounds of PPO and 8 seeds: about an hour and a half on two idle cores",
    }),
    experiments: flags.names(ids, {
      help: `Experiments, separated by commas; all of ${ids.join(",")} by default`,
    }),
    out: flags.folder({
      help: "Folder for runs, results.json and report.html, in which finished runs are kept; shepherd-comparison-<size> by default",
    }),
    ...comparisonFlags,
    seeds: flags.whole({
      min: 1,
      max: 1000,
      help: "Paired seeds; 3 by default, 2 with --quick, 8 with --full",
    }),
  },
  async run({ experiments = ids, out, json, ...given }, context) {
    const { size, workers, seeds } = readComparison(given, shepherdSeeds);
    const folder = out ?? context.resolve(`shepherd-comparison-${size}`);
    const settings = shepherdSettings[size];
    const comparison = { folder, settings, seeds, experiments, workers, json, text: summaryText };
    await compareStudy(mathShepherd, comparison, context);
  },
});
