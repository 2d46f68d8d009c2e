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
  full: "Larger models, more steps and 5 seeds: an hour and a half",
  settingFlags: {
    steps: flags.whole({ min: 1, help: "Steps per training, instead of the size's" }),
    rate: flags.real({
      min: 1e-6,
      help: "One peak rate for everything, instead of each method's own: with --seed 100 --seeds 1 to choose rates",
    }),
  },
  settingOf: { rate: "oneRate" },
  ...{ folder: "moe-comparison", sizes: comparisonSettings, seedCounts, fingerprintData },
});
