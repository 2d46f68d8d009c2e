import { defineCommand } from "@deepgrain/command-line/commands/define-command";
import { exportFlags, watchFlags } from "./flags";

/** Serves a page that follows runs. */
export const watch = defineCommand({
  description:
    "Shows runs on a page of this machine while they are written: losses, rate, speed, load of experts, samples, reports of studies. The page reads; it can change nothing.",
  examples: ["watch runs", "watch runs/main tuned --port 6006"],
  flags: watchFlags,
  run: async (...call) => (await import("./watch")).watch(...call),
});

/** Writes the measurements of runs as files. */
export const exportCommand = defineCommand({
  description:
    "Writes the measurements of runs as CSV, or as event files that TensorBoard reads, into their folders.",
  examples: [
    "export runs/main --format csv",
    "export runs --format tensorboard   # then: tensorboard --logdir runs",
    "export runs tuned --format csv --overwrite",
  ],
  flags: exportFlags,
  run: async (...call) => (await import("./export")).exportRuns(...call),
});
