import type { LabelOptions } from "@deepgrain/renode";
import { fromGraph, type NodeData, type NodeSplit } from "@deepgrain/renode/gnn";
import type { AbstractGraph } from "graphology-types";
import type { Values } from "../cli/flags";
import { type ReadGraph, readGraph } from "../formats/graphs/read-graph";
import { drawnSplit, type splitFlags } from "./draw-labelled";
import type { graphFlags } from "./graph-flags";

type Given = Values<typeof graphFlags & typeof splitFlags>;

/** A graph, and which of its nodes are labelled. */
export interface OpenGraph {
  readonly read: ReadGraph;
  readonly labels: LabelOptions;
  /** Where a split was drawn: it, and the data that it numbers. */
  readonly drawn: { split: NodeSplit; data: NodeData } | undefined;
}

/** Where the labelled nodes of a graph are named: null, every node with a class, where no node has the attribute. */
const marksOf = (graph: AbstractGraph, attribute: string): string | null =>
  graph.someNode((_, attributes) => attributes[attribute] !== undefined) ? attribute : null;

/**
 * Reads the graph of a command and draws the labelled nodes where a split is asked for.
 * @throws {UsageError}, {FormatError}, {RenodeError} for what cannot be read or drawn
 */
export async function openGraph(given: Given): Promise<OpenGraph> {
  const read = await readGraph(given.graph, { format: given.format, nodes: given.nodes });
  const { labelAttribute: getNodeLabel, trainAttribute } = given;
  if (given.split === "given") {
    const getNodeTrain = marksOf(read.graph, trainAttribute);
    return { read, labels: { getNodeLabel, getNodeTrain }, drawn: undefined };
  }
  const getEdgeWeight = given.edgeWeights ? given.weightAttribute : null;
  const labels = { getNodeLabel, getNodeTrain: null };
  const data = fromGraph(read.graph, { ...labels, getEdgeWeight, getNodeFeatures: null });
  const split = drawnSplit(data, given)!;
  const train = new Set(Array.from(split.train, (node) => data.keys[node]!));
  return { read, labels: { getNodeLabel, getNodeTrain: train }, drawn: { split, data } };
}
