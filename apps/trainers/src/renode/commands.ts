import { defineCommand, defineGroup } from "@deepgrain/command-line/commands/define-command";
import { drawFlags, scoreFlags, trainFlags, weightsFlags } from "./flags";

export const renode = defineGroup("Where labels sit in a graph, and training weights from it.", {
  score: defineCommand({
    summary: "score how much each labelled node conflicts with other classes",
    description:
      "Scores the labelled nodes of a graph by their conflict with other classes (Totoro) and gives each a training weight.",
    examples: [
      "renode score --graph graph.json --out scores.json",
      "renode score --graph graph.gexf --label-attribute topic --ties average",
      "renode score --graph shared/data/cora --split high --seed 1 --json",
    ],
    flags: scoreFlags,
    run: async (...call) => (await import("./score")).score(...call),
  }),
  weights: defineCommand({
    summary: "write training weights as a table, NumPy array or attributes",
    description:
      "Writes the training weights of the labelled nodes for use in another trainer: as a table, as a NumPy array for PyTorch Geometric or DGL, or as the graph with attributes.",
    examples: [
      "renode weights --graph graph.graphml --out weights.csv   # id,totoro,rank,weight",
      "renode weights --graph graph.json --out weights.npy --order ids.txt   # loss * numpy.load(...)",
      "renode weights --graph shared/data/cora --out cora.npz   # for numpy.load, masks and weights included",
      "renode weights --graph graph.json --out weighted.gexf --min-weight 0.25 --max-weight 1.75",
    ],
    flags: weightsFlags,
    run: async (...call) => (await import("./weights")).weights(...call),
  }),
  train: defineCommand({
    summary: "train a graph network with or without the weights",
    description:
      "Trains a graph network on a graph's labelled nodes with ReNode's weights, and beside it without them.",
    examples: [
      "renode train --graph shared/data/cora --split balanced --seed 1",
      "renode train --graph own.npz   # edge_index, y, train_mask, x, as PyTorch Geometric has them",
      "renode train --graph arxiv.npz --ogb-split split/time",
      "renode train --graph graph.json --network sgc --no-renode --out classes.json",
      "renode train --graph shared/data/cora --split step --loss re-weight --network graphsage --fanouts 10,10",
    ],
    flags: trainFlags,
    isTraining: true,
    run: async (...call) => (await import("./train")).train(...call),
  }),
  draw: defineCommand({
    summary: "draw the graph as an HTML page, coloured by conflict or weight",
    description:
      "Draws a graph as one HTML page, coloured by conflict or weight, in which you can search for nodes.",
    examples: [
      "renode draw --graph graph.gexf --out graph.html",
      'renode draw --graph shared/data/cora --out cora.html --title "Cora" --iterations 300',
    ],
    flags: drawFlags,
    run: async (...call) => (await import("./draw")).draw(...call),
  }),
});
