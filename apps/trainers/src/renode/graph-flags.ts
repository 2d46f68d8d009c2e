import type { RenodeOptions } from "@deepgrain/renode";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { graphFormats } from "../formats/graphs/read-graph";

/** Which graph is read, and what its attributes are called. */
export const graphFlags = {
  graph: flags.file({
    required: true,
    help: "Graph: graphology's JSON, .gexf or .graphml (elements at most 256 deep), a list of edges (.csv, .tsv, .txt), or a folder in the form of datasets.planetoid",
  }),
  format: flags.choice(graphFormats, { help: "Format of --graph, by default from its name" }),
  nodes: flags.file({ help: "Nodes of a list of edges: CSV with the columns id,label[,train]" }),
  labelAttribute: flags.text({ default: "label", help: "Node attribute with the class" }),
  trainAttribute: flags.text({
    default: "train",
    help: "Node attribute that marks the labelled nodes; where no node has it, all with a class count",
  }),
  weightAttribute: flags.text({ default: "weight", help: "Edge attribute with the weight" }),
  edgeWeights: flags.toggle({
    default: true,
    help: "Use edge weights",
    negated: "Count every edge as 1",
  }),
};

/** How conflict is scored and turned into weights. */
export const scoreFlags = {
  restart: flags.real({ max: 1, default: 0.15, help: "Chance to return, 1 − graphology's alpha" }),
  minWeight: flags.real({ default: 0.5, help: "Weight of the highest conflict" }),
  maxWeight: flags.real({ default: 1.5, help: "Weight of the lowest conflict" }),
  tolerance: flags.real({ max: 1, default: 1e-12, help: "Largest change when iterations end" }),
  method: flags.choice(["power", "push"], {
    default: "power",
    help: "Exact by power iteration, or local push where that takes too long",
  }),
  epsilon: flags.real({
    max: 1,
    help: "Push: error per degree; by default halved until the ranks of the scores settle",
  }),
  maxPushes: flags.whole({ min: 1, default: 200_000_000, help: "Push: pushes before it gives up" }),
  topK: flags.whole({ min: 1, help: "Push: entries kept per row; all by default" }),
  ties: flags.choice(["order", "average"], {
    default: "order",
    help: "Equal scores: ranked in graph order as in the paper's code, or given one rank",
  }),
  rankDivisor: flags.choice(["last", "count"], {
    default: "last",
    help: "Divide ranks by the last rank, L − 1 (the paper's code), or by the count L (its text)",
  }),
  rowNormalize: flags.choice(["none", "l1", "softmax"], {
    default: "none",
    help: "Influence rows before they are compared",
  }),
  coverThreshold: flags.real({ default: 1e-4, help: "Influence above which a node is covered" }),
};

type Given = Values<typeof graphFlags & typeof scoreFlags>;

/** The options of `renodeWeights`, without those that say which nodes are labelled. */
export function influenceOptions(given: Given): RenodeOptions {
  const { restart, minWeight, maxWeight, tolerance, method, epsilon, maxPushes, topK } = given;
  const { ties, rankDivisor, rowNormalize, coverThreshold } = given;
  return {
    restart,
    minWeight,
    maxWeight,
    tolerance,
    method,
    epsilon,
    maxPushes,
    topK,
    ties,
    rankDivisor,
    rowNormalize,
    coverThreshold,
    getEdgeWeight: given.edgeWeights ? given.weightAttribute : null,
  };
}
