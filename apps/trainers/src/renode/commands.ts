import { defineGroup } from "../cli/define-command";

export const renode = defineGroup("Where labels sit in a graph, and training weights from it.", {
  score: {
    summary: "score how much each labelled node conflicts with other classes",
    load: async () => (await import("./score")).score,
  },
  weights: {
    summary: "write training weights as a table, NumPy array or attributes",
    load: async () => (await import("./weights")).weights,
  },
  train: {
    summary: "train a graph network with or without the weights",
    load: async () => (await import("./train")).train,
  },
  draw: {
    summary: "draw the graph as an HTML page, coloured by conflict or weight",
    load: async () => (await import("./draw")).draw,
  },
});
