import { defineGroup } from "../cli/define-command";

/** The steps of expert-specialised fine-tuning. */
export const esft = defineGroup(
  "Expert-specialised fine-tuning: train only the experts that a task uses.",
  {
    score: {
      summary: "measure how much a task uses each expert",
      load: async () => (await import("./score")).score,
    },
    select: {
      summary: "choose the experts of a task from its scores",
      load: async () => (await import("./select")).select,
    },
    train: {
      summary: "train the chosen experts and write an adapter",
      load: async () => (await import("./train")).train,
    },
    apply: {
      summary: "put an adapter into a model",
      load: async () => (await import("./apply")).apply,
    },
    evaluate: {
      summary: "measure a model's loss on a task's answers",
      load: async () => (await import("./evaluate")).evaluate,
    },
  },
);
