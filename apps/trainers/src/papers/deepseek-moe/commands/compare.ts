import * as flags from "../../../cli/flags";
import { comparisonCommand } from "../../comparison-command";
import { comparisonSettings, seedCounts } from "../recipe";
import { deepseekMoe, fingerprintData } from "../study";

export const compare = comparisonCommand(deepseekMoe, {
  description:
    "Trains Dense, Hash, Switch, GShard and DeepSeekMoE in miniature with paired seeds and sets the result beside the paper's.",
  examples: [
    "moe compare --quick",
    "moe compare --experiments A-1,A-5 --seeds 5",
    "moe compare --full   # the same command continues where it was stopped",
  ],
  quick: "Small models, about a minute on two cores",
  full: "More steps and 5 seeds: over an hour",
  settingFlags: {
    steps: flags.whole({ min: 1, help: "Steps per training, instead of the size's" }),
  },
  ...{ folder: "moe-comparison", sizes: comparisonSettings, seedCounts, fingerprintData },
});
