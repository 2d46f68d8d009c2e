import type { AbstractGraph, Attributes } from "graphology-types";
import isGraph from "graphology-utils/is-graph.js";
import { RenodeError } from "../errors";
import { type Adjacency, isCanonical, rowsFromEdges, symmetric } from "./adjacency";
import { type CsrGraph, checkCsr, checkWeight, isCsrGraph } from "./csr-graph";

/** The graphs that every function of this package accepts: a graphology graph of any type, or compressed sparse rows. */
export type GraphInput = AbstractGraph | CsrGraph;

/** The name of an edge attribute, a function, or null to count every edge as 1. */
export type EdgeWeightSource =
  | string
  | null
  | ((edge: string, attributes: Attributes) => number | null | undefined);

export interface EdgeWeightOptions {
  /**
   * Weight of an edge: the name of an attribute (default `"weight"`), a function of key and attributes, or null for no
   * weights. An edge without one counts as 1. A CSR has its own `weights`; null ignores them.
   */
  getEdgeWeight?: EdgeWeightSource | undefined;
}

/** A snapshot of a graph at the start of the call: numbered nodes and a symmetric adjacency matrix. */
export interface IndexedGraph {
  readonly order: number;
  readonly adjacency: Adjacency;
  /** The graphology graph, null for a CSR. */
  readonly graph: AbstractGraph | null;
  keyOf(index: number): string;
  indexOf(key: string): number | undefined;
  /** Attributes of a node; none in a CSR. @throws {RenodeError} `ERR_CHANGED` when the node is gone */
  attributesOf(index: number): Attributes;
  /** @throws {RenodeError} `ERR_CHANGED` when nodes or edges were added, removed or replaced since */
  assertUnchanged(): void;
}

const sum = (a: number, b: number) => a + b;

/** @throws {RenodeError} `ERR_WEIGHT` where the weights of a node add up to more than numbers can hold */
function checkedDegrees(adjacency: Adjacency, keyOf: (index: number) => string, place: string) {
  const { order, offsets, weights } = adjacency;
  if (!weights) return adjacency;
  for (let i = 0; i < order; i++) {
    let degree = 0;
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++) degree += weights[e]!;
    if (degree === Number.POSITIVE_INFINITY)
      throw new RenodeError(
        "ERR_WEIGHT",
        `renode/${place}: the weights of node "${keyOf(i)}" add up to more than ${Number.MAX_VALUE}`,
        { fields: { node: keyOf(i) } },
      );
  }
  return adjacency;
}

function csrAdjacency(csr: CsrGraph, place: string, ignoresWeights: boolean): Adjacency {
  checkCsr(csr, place);
  const given: Adjacency = {
    order: csr.order,
    offsets: csr.offsets instanceof Int32Array ? csr.offsets : Int32Array.from(csr.offsets),
    targets: csr.targets instanceof Int32Array ? csr.targets : Int32Array.from(csr.targets),
    weights: csr.weights && !ignoresWeights ? Float64Array.from(csr.weights) : null,
  };
  return isCanonical(given) ? given : symmetric(given, Math.max);
}

function weightReader(source: EdgeWeightSource, place: string) {
  return (edge: string, attributes: Attributes): number | undefined => {
    if (source === null) return undefined;
    const weight = typeof source === "string" ? attributes[source] : source(edge, attributes);
    if (weight === undefined || weight === null) return undefined;
    checkWeight(weight, place, `edge "${edge}"`);
    return weight;
  };
}

function graphAdjacency(
  graph: AbstractGraph,
  indexOf: (key: string) => number | undefined,
  place: string,
  source: EdgeWeightSource,
): Adjacency {
  const [rows, columns, weights]: [number[], number[], number[]] = [[], [], []];
  const weightOf = weightReader(source, place);
  let isWeighted = false;
  graph.forEachEdge((edge, attributes, from, to) => {
    const weight = weightOf(edge, attributes);
    if (weight !== undefined) isWeighted = true;
    rows.push(indexOf(from) ?? -1);
    columns.push(indexOf(to) ?? -1);
    weights.push(weight ?? 1);
  });
  if (rows.includes(-1) || columns.includes(-1)) throw changed(place);
  const ends = [Int32Array.from(rows), Int32Array.from(columns)] as const;
  const listed = isWeighted ? Float64Array.from(weights) : null;
  return symmetric(rowsFromEdges(graph.order, ...ends, listed), sum);
}

const changed = (place: string) =>
  new RenodeError("ERR_CHANGED", `renode/${place}: the graph changed during the call`);

function indexGraphology(
  graph: AbstractGraph,
  place: string,
  source: EdgeWeightSource,
): IndexedGraph {
  const [order, size] = [graph.order, graph.size];
  const keys = graph.nodes();
  const numbers = new Map(keys.map((key, i) => [key, i]));
  const indexOf = (key: string) => numbers.get(key);
  const keyOf = (index: number) => keys[index]!;
  const attributesOf = (index: number) => {
    if (!graph.hasNode(keyOf(index))) throw changed(place);
    return graph.getNodeAttributes(keyOf(index));
  };
  const assertUnchanged = () => {
    const isSame = graph.order === order && graph.size === size;
    if (!isSame || !keys.every((key) => graph.hasNode(key))) throw changed(place);
  };
  const adjacency = checkedDegrees(graphAdjacency(graph, indexOf, place, source), keyOf, place);
  assertUnchanged();
  return { order, adjacency, graph, keyOf, indexOf, attributesOf, assertUnchanged };
}

/**
 * Reads a graph once. Directed edges count in both directions. Loops are dropped. Parallel edges are merged: their weights
 * are added, and without weights they count as one. In a CSR an entry and its mirror image are one edge, of the larger weight.
 *
 * @throws {RenodeError} `ERR_GRAPH`, `ERR_WEIGHT`, `ERR_CHANGED`
 */
export function indexGraph(
  input: GraphInput,
  place: string,
  { getEdgeWeight = "weight" }: EdgeWeightOptions = {},
): IndexedGraph {
  if (isGraph(input)) return indexGraphology(input as AbstractGraph, place, getEdgeWeight);
  if (!isCsrGraph(input))
    throw new RenodeError(
      "ERR_GRAPH",
      `renode/${place}: the graph must be a graphology instance or { order, offsets, targets, weights? }`,
    );
  const { order } = input;
  return {
    order,
    adjacency: checkedDegrees(csrAdjacency(input, place, getEdgeWeight === null), String, place),
    graph: null,
    keyOf: String,
    indexOf: (key) => (/^\d+$/.test(key) && Number(key) < order ? Number(key) : undefined),
    attributesOf: () => ({}),
    assertUnchanged: () => {},
  };
}
