import type { AbstractGraph, Attributes } from "graphology-types";
import { having, optionsOf, RenodeError, refuseUnknown } from "../../errors";
import type { Adjacency } from "../../graph/adjacency";
import { type EdgeWeightOptions, indexGraph } from "../../graph/index-graph";
import { type LabelOptions, labelledNodes } from "../../graph/labelled-nodes";
import { type Label, readClasses } from "../../graph/node-values";
import type { NodeSplit } from "../splits/node-split";
import { checkFeatures, type DenseFeatures, type Features, identityFeatures } from "./features";

/** A graph to train on: nodes by number, in the order of their keys. */
export interface NodeData {
  /** Symmetric, rows ascending, no loops: a CSR that every function of this package accepts. */
  readonly graph: Adjacency;
  readonly features: Features;
  /** Class number of each node, −1 where it is not known, shape [N]. */
  readonly classes: Int32Array;
  /** Label of each class number. */
  readonly classNames: readonly Label[];
  /** Key of each node, shape [N]. */
  readonly keys: readonly string[];
  /** The split supplied with the data. */
  readonly split?: NodeSplit | undefined;
}

/** A citation graph in the form that `datasets.planetoid(folder)` returns. */
export interface CitationInput {
  readonly nodes: number;
  readonly classNames: readonly string[];
  readonly labels: Int32Array;
  readonly features: { rows: number; cols: number; rowOffsets: Int32Array; colIndices: Int32Array };
  readonly split: NodeSplit;
  readonly source: Int32Array;
  readonly target: Int32Array;
}

/** Converts the result of `planetoid(folder)` from `@deepgrain/datasets`. */
export function fromCitation(citation: CitationInput): NodeData {
  having("fromCitation", "citation", citation, "nodes", "classNames");
  const { nodes, classNames, labels, features, split, source, target } = citation;
  checkFeatures(features, nodes, "fromCitation");
  const offsets = new Int32Array(nodes + 1);
  for (const from of source) offsets[from + 1]!++;
  for (let i = 0; i < nodes; i++) offsets[i + 1]! += offsets[i]!;
  const next = offsets.slice();
  const targets = new Int32Array(source.length);
  source.forEach((from, edge) => {
    targets[next[from]!++] = target[edge]!;
  });
  const { adjacency, keyOf } = indexGraph({ order: nodes, offsets, targets }, "fromCitation");
  const keys = Array.from({ length: nodes }, (_, i) => keyOf(i));
  return { graph: adjacency, features, classes: labels, classNames, split, keys };
}

export interface FromGraphOptions extends EdgeWeightOptions, LabelOptions {
  /**
   * Features of a node: an attribute that holds a list of numbers (default `"features"`), a function, or null for one feature
   * per node.
   */
  getNodeFeatures?:
    | string
    | null
    | ((node: string, attributes: Attributes) => ArrayLike<number>)
    | undefined;
}

function denseFeatures(
  graph: AbstractGraph,
  source: Exclude<FromGraphOptions["getNodeFeatures"], null | undefined>,
): DenseFeatures {
  const rows = graph.mapNodes((node, attributes) => {
    const row = typeof source === "string" ? attributes[source] : source(node, attributes);
    if (typeof row?.length === "number" && typeof row !== "string") return row as ArrayLike<number>;
    throw new RenodeError(
      "ERR_ARGUMENT",
      `renode/fromGraph: node "${node}" has no list of features`,
      { fields: { node } },
    );
  });
  const cols = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * cols);
  for (const [r, row] of rows.entries()) {
    if (row.length !== cols)
      throw new RenodeError(
        "ERR_SHAPE",
        `renode/fromGraph: every node needs ${cols} features as the first has, node ${r} has ${row.length}`,
      );
    data.set(row, r * cols);
  }
  return { rows: rows.length, cols, data };
}

/**
 * Reads a graphology graph. Where nodes are marked for training, `split.train` holds them and `split.test` the other labelled
 * nodes.
 *
 * @throws {RenodeError} `ERR_ARGUMENT` or `ERR_SHAPE` for features that are missing or of different length; else as `totoro`
 */
export function fromGraph(graph: AbstractGraph, options: FromGraphOptions = {}): NodeData {
  const {
    getNodeFeatures = "features",
    getNodeLabel = "label",
    getNodeTrain,
    getEdgeWeight,
    ...rest
  } = optionsOf("fromGraph", options);
  refuseUnknown("fromGraph", rest);
  const indexed = indexGraph(graph, "fromGraph", { getEdgeWeight });
  const { classOf, classes } = readClasses(indexed, getNodeLabel, "fromGraph");
  const { nodes: train } = labelledNodes(indexed, { getNodeLabel, getNodeTrain }, "fromGraph");
  const features =
    getNodeFeatures === null
      ? identityFeatures(graph.order)
      : denseFeatures(graph, getNodeFeatures);
  checkFeatures(features, graph.order, "fromGraph");
  const isTrain = new Set(train);
  const test = Array.from(classOf.keys()).filter(
    (node) => classOf[node]! >= 0 && !isTrain.has(node),
  );
  return {
    graph: indexed.adjacency,
    features,
    classes: classOf,
    classNames: classes,
    keys: graph.nodes(),
    split: { train, validation: new Int32Array(0), test: Int32Array.from(test) },
  };
}
