import { defineGroup } from "../../cli/define-command";

export const renode = defineGroup("Where labels sit in a graph, and training weights from it.", {
  compare: {
    summary: "ReNode's experiments on Cora and CiteSeer: table and report",
    load: async () => (await import("./commands/compare")).compare,
  },
});
