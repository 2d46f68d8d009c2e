import { defineComparison } from "../shared/comparison";
import { taskIds } from "../shared/tasks/tuning-task-ids";
import { experiments } from "./introduction";

export const comparison = defineComparison({
  description:
    "Fine-tunes small DeepSeekMoE models by ESFT, LoRA, full and random choice with paired seeds and sets the result beside the paper's.",
  examples: [
    "--quick",
    "--experiments B-3,B-4 --tasks languages --seeds 5",
    "--full   # the same command continues where it was stopped",
  ],
  quick: "Small models, short trainings and fewer rates",
  full: "Longer base trainings and 8 seeds; FFT and ESFT-Token alone, without B-5 to B-7",
  experiments,
  usual: { full: ["B-0", "B-1", "B-2", "B-3", "B-4", "B-8", "B-10"] },
  seedCounts: { quick: 3, default: 3, full: 8 },
  flags: {
    tasks: {
      kind: "names",
      of: taskIds,
      help: `Tasks to fine-tune on, of ${taskIds.join(",")}; all but german by default`,
    },
    steps: { kind: "whole", min: 1, help: "Steps per fine-tuning, instead of the size's" },
    pretrainSteps: { kind: "whole", min: 1, help: "Steps per base model, instead of the size's" },
    lr: {
      kind: "numbers",
      help: "Peak rates that B-4 tries with every method, instead of the size's",
    },
    generalShare: {
      kind: "real",
      max: 0.9,
      help: "Share of each fine-tuning batch that is text from the base model's training; 0.5 by default, as in the paper's main runs",
    },
  },
});
