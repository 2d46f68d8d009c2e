import { defineGroup } from "../cli/define-command";

export const scaling = defineGroup("Scaling laws: from a table of training runs to the next run.", {
  fit: {
    summary: "fit scaling laws to a table of runs",
    load: async () => (await import("./fit")).fit,
  },
  plan: {
    summary: "plan a budget: model size, tokens, batch, learning rate, loss",
    load: async () => (await import("./plan")).plan,
  },
});
