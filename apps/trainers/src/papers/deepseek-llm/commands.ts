import { defineGroup } from "../../cli/define-command";

export const scaling = defineGroup("Scaling laws: from a table of training runs to the next run.", {
  sweep: {
    summary: "train a grid of tiny models, fit, predict a larger run and train it",
    load: async () => (await import("./commands/sweep")).sweep,
  },
});
