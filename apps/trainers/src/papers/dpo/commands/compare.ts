import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { compareStudy } from "../../compare-study";
import { comparisonFlags, readComparison } from "../../comparison-flags";
import { tuningSeeds } from "../methods";
import { preferenceSeeds, preferenceSettings } from "../settings";
import { preferences } from "../study";
import { preferencesTuning } from "../tuning";

export const alignCompare = defineCommand({
  description:
    "Fine-tunes small models, lets a program judge their answers, and shows by held-out pairs and win rates what DPO learns from that.",
  examples: ["align compare --quick", "align compare --seeds 10", "align compare --tune"],
  flags: {
    quick: flags.flag({ help: "Fewer steps and 3 seeds, under a minute on two cores" }),
    full: flags.flag({ help: "More steps and 10 seeds" }),
    tune: flags.flag({
      help: `Try the learning rates of every method on seeds ${tuningSeeds.join(", ")} instead of comparing`,
    }),
    out: flags.folder({
      help: "Folder for runs, results.json and report.html, in which finished runs are kept; preferences-<size> by default",
    }),
    ...comparisonFlags,
  },
  async run({ out, json, tune, ...given }, context) {
    const { size, workers, seeds } = readComparison(given, preferenceSeeds);
    const folder = out ?? context.resolve(`preferences-${tune ? "tuning" : size}`);
    const common = { folder, settings: preferenceSettings[size], workers, json };
    if (tune) {
      const tried = given.seeds === undefined ? tuningSeeds : seeds;
      await compareStudy(preferencesTuning, { ...common, seeds: tried }, context);
    } else await compareStudy(preferences, { ...common, seeds }, context);
  },
});
