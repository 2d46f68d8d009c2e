import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { compareStudy } from "../../compare-study";
import { comparisonFlags, readComparison } from "../../comparison-flags";
import { preferenceSeeds, preferenceSettings, preferences } from "../study";

export const alignCompare = defineCommand({
  description:
    "Fine-tunes small models, lets a program judge their answers, and shows by held-out pairs and win rates what DPO learns from that.",
  examples: ["align compare --quick", "align compare --seeds 10"],
  flags: {
    quick: flags.flag({ help: "Fewer steps and 3 seeds, under a minute on two cores" }),
    full: flags.flag({ help: "More steps and 10 seeds" }),
    out: flags.folder({
      help: "Folder for runs, results.json and report.html, in which finished runs are kept; preferences-<size> by default",
    }),
    ...comparisonFlags,
  },
  async run({ out, json, ...given }, context) {
    const { size, workers, seeds } = readComparison(given, preferenceSeeds);
    const folder = out ?? context.resolve(`preferences-${size}`);
    const settings = preferenceSettings[size];
    await compareStudy(preferences, { folder, settings, seeds, workers, json }, context);
  },
});
