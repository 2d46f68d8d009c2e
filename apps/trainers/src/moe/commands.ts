import { defineGroup } from "../cli/define-command";

export const moe = defineGroup("Mixtures of experts.", {
  inspect: {
    summary: "a model's experts: counts, loads per text, overlaps, a map, some switched off",
    load: async () => (await import("./inspect")).inspect,
  },
});
