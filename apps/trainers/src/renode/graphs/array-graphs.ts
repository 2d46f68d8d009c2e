import { readFile, stat } from "node:fs/promises";
import { DatasetsError, parseNpzGraph, planetoid } from "@deepgrain/datasets";
import type { Features, NodeSplit } from "@deepgrain/renode/gnn";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { UndirectedGraph } from "graphology";
import type { AbstractGraph } from "graphology-types";

/** A graph with what its arrays hold of its nodes. */
interface ArrayGraph {
  graph: AbstractGraph;
  features: Features | undefined;
  split: NodeSplit | undefined;
}

/** Nodes and edges as arrays. */
interface Arrays {
  nodes: number;
  labels: Int32Array;
  split: NodeSplit | undefined;
  source: Int32Array;
  target: Int32Array;
  weights?: Float64Array | undefined;
}

/**
 * A graphology graph of numbered nodes, with `label` where one is known and `train` where there is a split. An edge in both
 * directions is one edge.
 */
function graphOf(
  { nodes, labels, split, source, target, weights }: Arrays,
  nameOf: (label: number) => string,
): AbstractGraph {
  const graph = new UndirectedGraph();
  const trained = split && new Set(split.train);
  for (let node = 0; node < nodes; node++) {
    const label = labels[node]! < 0 ? {} : { label: nameOf(labels[node]!) };
    const train = trained ? { train: trained.has(node) } : {};
    graph.addNode(node, { ...label, ...train });
  }
  for (const [edge, from] of source.entries())
    graph.mergeEdge(from, target[edge], weights ? { weight: weights[edge] } : {});
  return graph;
}

/** A graph from a folder in the form of `planetoid`; labels are the names of its classes. */
export async function readCitationGraph(folder: string): Promise<ArrayGraph> {
  const { classNames, features, ...arrays } = await planetoid(folder);
  const graph = graphOf(arrays, (label) => classNames[label]!);
  return { graph, features, split: arrays.split };
}

/** Files are read whole. */
const MOST_BYTES = 2 ** 30;

/**
 * A graph from a `.npz` file as `parseNpzGraph` reads it; labels are the numbers of its classes.
 * @throws {FormatError} for a damaged file, and one that is no such graph
 */
export async function readNpzGraph(path: string): Promise<ArrayGraph> {
  const { size } = await stat(path);
  if (size > MOST_BYTES)
    throw new FormatError(`${path}: ${size} bytes, at most ${MOST_BYTES} are read`);
  try {
    const { features, ...arrays } = await parseNpzGraph(await readFile(path));
    return { graph: graphOf(arrays, String), features, split: arrays.split };
  } catch (cause) {
    if (!DatasetsError.isInstance(cause)) throw cause;
    throw new FormatError(`${path}: ${cause.message.replace(/^datasets\/\w+: /, "")}`, { cause });
  }
}
