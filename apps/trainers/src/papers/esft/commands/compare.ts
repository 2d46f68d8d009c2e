import * as flags from "../../../cli/flags";
import { comparisonCommand } from "../../comparison-command";
import { fingerprintData } from "../comparison-data";
import { taskIds } from "../corpora";
import { esftSettings, seedCounts } from "../recipe";
import { esft } from "../study";

export const compare = comparisonCommand(esft, {
  description:
    "Fine-tunes small DeepSeekMoE models by ESFT, LoRA, full and random choice with paired seeds and sets the result beside the paper's.",
  examples: [
    "esft compare --quick",
    "esft compare --experiments B-3,B-4 --tasks languages --seeds 5",
    "esft compare --full   # the same command continues where it was stopped",
  ],
  quick: "Small models, short trainings and fewer rates",
  full: "Longer trainings and 5 seeds",
  settingFlags: {
    tasks: flags.names(taskIds, {
      help: `Tasks to fine-tune on, of ${taskIds.join(",")}; languages,numbers by default`,
    }),
    steps: flags.whole({ min: 1, help: "Steps per fine-tuning, instead of the size's" }),
    pretrainSteps: flags.whole({ min: 1, help: "Steps per base model, instead of the size's" }),
    rates: flags.numbers({
      help: "Peak rates that B-4 tries with every method, instead of the size's",
    }),
    generalShare: flags.real({
      max: 0.9,
      help: "Share of each fine-tuning batch that is text from the base model's training; 0.5 by default, as in the paper's main runs",
    }),
  },
  settingOf: { steps: "tuneSteps", rates: "ladder" },
  ...{ folder: "esft-comparison", sizes: esftSettings, seedCounts, fingerprintData },
});
