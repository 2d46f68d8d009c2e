import { defineGroup } from "../cli/define-command";

export const coder = defineGroup(
  "Code as training data, evaluation by running what a model wrote, and training on the results.",
  {
    fim: {
      summary: "move the middle of documents to their end, to learn to fill in",
      load: async () => (await import("./fim")).fim,
    },
    order: {
      summary: "pack a repository's files in the order of their imports",
      load: async () => (await import("./order")).order,
    },
    dedupe: {
      summary: "drop files by the paper's filters, near-duplicates, and parts of tests",
      load: async () => (await import("./dedupe")).dedupe,
    },
    evaluate: {
      summary: "run what a model wrote, and estimate pass@k",
      load: async () => (await import("./evaluate")).evaluate,
    },
    grpo: {
      summary: "train a model on the tests that its programs pass",
      load: async () => (await import("./grpo")).grpo,
    },
  },
);
