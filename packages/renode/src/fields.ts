/**
 * The options of conflicts, weights and training as data: help, range and default, for command lines and forms.
 *
 * @packageDocumentation
 */
import type { OptionFields } from "@deepgrain/support";
import { lossNames } from "./gnn/losses/loss-names";
import { modelNames } from "./gnn/models/model-names";

/** The purpose, range and default of this package's options, for command lines and forms. */
export const fields = {
  /** Of `renodeWeights`. */
  weights: {
    restart: {
      kind: "real",
      above: 0,
      max: 1,
      default: 0.15,
      help: "Probability of a restart, 1 − graphology's alpha",
    },
    minWeight: { kind: "real", default: 0.5, help: "Weight of the highest conflict" },
    maxWeight: { kind: "real", default: 1.5, help: "Weight of the lowest conflict" },
    tolerance: {
      kind: "real",
      above: 0,
      below: 1,
      default: 1e-12,
      help: "Stop when no value changes by more than this",
    },
    method: {
      kind: "choice",
      words: ["power", "push"],
      default: "power",
      help: "Exact, by power iteration, or local push if that takes too long",
    },
    epsilon: {
      kind: "real",
      above: 0,
      below: 1,
      help: "Push: error per degree; by default halved until the ranks of the scores no longer change",
    },
    maxPushes: {
      kind: "whole",
      min: 1,
      default: 200_000_000,
      help: "Push: maximum number of pushes",
    },
    topK: { kind: "whole", min: 1, help: "Push: entries kept per row; all by default" },
    ties: {
      kind: "choice",
      words: ["order", "average"],
      default: "order",
      help: "Equal scores: rank them in graph order, as in the paper's code, or give them the same rank",
    },
    rankDivisor: {
      kind: "choice",
      words: ["last", "count"],
      default: "last",
      help: "Divide ranks by the last rank, L − 1 (the paper's code), or by the count L (its text)",
    },
    rowNormalize: {
      kind: "choice",
      words: ["none", "l1", "softmax"],
      default: "none",
      help: "Influence rows before they are compared",
    },
    coverThreshold: {
      kind: "real",
      default: 1e-4,
      help: "Influence above which a node is covered",
    },
  },
  /** Of `balancedSplit`, `stepSplit` and `imbalanceLevels`, and which of them. */
  split: {
    split: {
      kind: "choice",
      words: ["given", "balanced", "step", "low", "middle", "high"],
      default: "given",
      help: "Labelled nodes: the marked ones; drawn, equally many per class; drawn, with --imbalance times as many in some classes; or the split with low, middle or high conflict among --draws balanced ones",
    },
    seed: { kind: "whole", default: 0, help: "Seed of the drawn split" },
    perClass: {
      kind: "whole",
      min: 1,
      default: 20,
      help: "Drawn labelled nodes per class",
    },
    validationPerClass: {
      kind: "whole",
      default: 30,
      help: "Drawn validation nodes per class",
    },
    labelRatio: {
      kind: "real",
      above: 0,
      below: 1,
      default: 0.05,
      help: "Step: share of the nodes, δ",
    },
    imbalance: { kind: "real", min: 1, default: 10, help: "Step: head over tail, ρ" },
    draws: { kind: "whole", min: 3, default: 100, help: "Low, middle, high: splits drawn" },
  },
  /** Of `trainNodes`: `network` is its `model`. */
  network: {
    network: {
      kind: "choice",
      words: modelNames,
      default: "gcn",
      help: "Graph network of two layers",
    },
    loss: { kind: "choice", words: lossNames, default: "ce", help: "Loss per labelled node" },
    hidden: { kind: "whole", min: 1, default: 32, help: "Width of the hidden layer" },
    dropout: {
      kind: "real",
      below: 1,
      default: 0.5,
      help: "Dropout between layers",
    },
    lr: { kind: "real", above: 0, default: 0.0075, help: "Adam's learning rate" },
    weightDecay: { kind: "real", default: 0, help: "L2 penalty" },
    epochs: { kind: "whole", min: 1, default: 200, help: "Maximum number of epochs" },
    patience: {
      kind: "whole",
      min: 1,
      default: 20,
      help: "Stop after this many epochs without a better validation",
    },
    fanouts: {
      kind: "wholes",
      min: 1,
      help: "Neighbours to sample per hop, such as 10,10",
    },
    batchSize: {
      kind: "whole",
      min: 1,
      default: 64,
      help: "Labelled nodes per step, with --fanouts",
    },
  },
} as const satisfies Readonly<Record<string, OptionFields>>;
