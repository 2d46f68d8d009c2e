import { defineCommand, defineGroup } from "@deepgrain/command-line/commands/define-command";
import { fitFlags, planFlags } from "./flags";

export const scaling = defineGroup("Scaling laws: from a table of training runs to the next run.", {
  fit: defineCommand({
    summary: "fit scaling laws to a table of runs",
    description:
      "Fits scaling laws to a table of runs: best model size, tokens, batch, learning rate and loss by compute, each with an interval.",
    examples: [
      "scaling fit --runs runs.csv --out fit.json",
      "scaling fit --runs first,second,third --sequence-length 128",
      "scaling fit --runs wandb.csv --format wandb --parametric",
    ],
    flags: fitFlags,
    run: async (...call) => (await import("./fit")).fit(...call),
  }),
  plan: defineCommand({
    summary: "plan a budget: model size, tokens, batch, learning rate, loss",
    description:
      "Plans a training budget with a scaling law: model size, tokens, batch, learning rate and loss; or finds the budget for one of them.",
    examples: [
      "scaling plan --budget 1e20 --law deepseek --sequence-length 4096",
      "scaling plan --budget 1e15 --law fit.json",
      "scaling plan --tokens 2e12",
      "scaling plan --budget 1e12 --runs deepseek-llm-comparison-default/runs.jsonl --min-budgets 3",
    ],
    flags: planFlags,
    run: async (...call) => (await import("./plan")).plan(...call),
  }),
});
