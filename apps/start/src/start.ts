import { defineCommand } from "@deepgrain/command-line/commands/define-command";
import { startFlags } from "./flags";

export const start = defineCommand({
  description:
    "Trains a mixture-of-experts language model on prose, code, messages and licences, specialises it by expert-specialised fine-tuning, and writes a report.",
  examples: [
    "start",
    "start --quick",
    "start --dry-run   # memory, steps, time per step of the pre-training",
    "start --resume   # continues where Ctrl-C or a crash stopped it",
    "start --name languages --task languages --seed 7",
  ],
  isTraining: true,
  flags: startFlags,
  run: async (...call) => (await import("./run-start")).runStart(...call),
});
