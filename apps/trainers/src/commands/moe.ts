import { defineCommandGroup } from "../cli/define-command";

export const moe = defineCommandGroup("moe", "Mixtures of experts and what they are compared to.", {
  compare: {
    summary: "the DeepSeekMoE paper's experiments in miniature: table and report",
    load: async () => (await import("./moe/compare")).compare,
  },
});
