import { defineGroup } from "../cli/define-command";

export const prm = defineGroup(
  "Process reward models: label steps automatically, train on them, choose among solutions, and learn from scores.",
  {
    annotate: {
      summary: "label the steps of solutions by sampling completions from them",
      load: async () => (await import("./annotate")).annotate,
    },
    train: {
      summary: "train a process or outcome reward model on labelled steps",
      load: async () => (await import("./train")).train,
    },
    score: {
      summary: "print solutions with their steps coloured by score",
      load: async () => (await import("./score")).score,
    },
    grade: {
      summary: "grade answers against references by the rules of GSM8K, MATH or PRM800K",
      load: async () => (await import("./grade")).grade,
    },
    verify: {
      summary: "answer problems by a vote over scored samples",
      load: async () => (await import("./verify")).verify,
    },
    search: {
      summary: "answer problems by beam search or DVTS over steps",
      load: async () => (await import("./search")).search,
    },
    ppo: {
      summary: "train a model with the scores of its steps as rewards",
      load: async () => (await import("./ppo")).ppo,
    },
    evaluate: {
      summary:
        "measure a reward model: first errors (ProcessBench), calibration, shift to outcomes",
      load: async () => (await import("./evaluate")).evaluate,
    },
  },
);
