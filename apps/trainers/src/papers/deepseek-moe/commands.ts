import { defineGroup } from "../../cli/define-command";

export const moe = defineGroup("Mixtures of experts and what they are compared to.", {
  inspect: {
    summary: "a model's experts: counts, loads per text, overlaps, a map, some switched off",
    load: async () => (await import("../../models/inspect/command")).inspect,
  },
  compare: {
    summary: "the DeepSeekMoE paper's experiments in miniature: table and report",
    load: async () => (await import("./commands/compare")).compare,
  },
});
