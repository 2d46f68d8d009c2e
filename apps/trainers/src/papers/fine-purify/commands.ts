import { defineGroup } from "../../cli/define-command";

export const purify = defineGroup("Backdoors in fine-tuned weights: plant, purify, measure.", {
  compare: {
    summary: "purification beside its baselines in miniature: table and report",
    load: async () => (await import("./commands/compare")).compare,
  },
});
