import { defineGroup } from "../../cli/define-command";

export const moe = defineGroup("Mixtures of experts and what they are compared to.", {
  compare: {
    summary: "the DeepSeekMoE paper's experiments in miniature: table and report",
    load: async () => (await import("./commands/compare")).compare,
  },
});
