import { defineGroup } from "../../cli/define-command";

export const fed = defineGroup(
  "Federated learning: simulate it, run it on many machines, compare its methods.",
  {
    compare: {
      summary: "RedGrape and its rivals on long-tailed pictures: table and report",
      load: async () => (await import("./commands/compare")).compare,
    },
  },
);
