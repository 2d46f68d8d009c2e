import { RenodeError } from "../errors";
import { given } from "./given";
import type { IndexedGraph } from "./index-graph";
import { type Label, type NodeSource, nodeReader, readClasses } from "./node-values";

export interface LabelOptions {
  /** Label of a node (default: the attribute `label`). Missing and null mean unlabelled. */
  getNodeLabel?: NodeSource<Label> | undefined;
  /**
   * Whether a node's label may be used: true or false, 1 or 0, or a `Set` of keys. Default: the attribute `train` where any
   * node has it, otherwise every node with a label. Null: every node with a label.
   */
  getNodeTrain?: NodeSource<boolean | number> | ReadonlySet<string> | null | undefined;
}

/** The labelled nodes that a method may use, in graph order. */
export interface LabelledNodes {
  /** Node numbers, ascending, shape [L]. */
  readonly nodes: Int32Array;
  /** Class number of each of them, shape [L]. */
  readonly classOf: Int32Array;
  /** The classes that have a labelled node: numbers ascending, then strings. */
  readonly classes: readonly Label[];
  /** Labelled nodes of each class, shape [classes]. */
  readonly counts: Int32Array;
}

function asFlag(value: unknown, key: string, place: string): boolean {
  if (value === true || value === 1) return true;
  if (value === false || value === 0 || value === null || value === undefined) return false;
  throw new RenodeError(
    "ERR_LABEL",
    `renode/${place}: the training mark of node "${key}" must be true or false, got ${given(value)}`,
    { fields: { node: key, value } },
  );
}

function trainReader(
  graph: IndexedGraph,
  source: LabelOptions["getNodeTrain"],
  place: string,
): ((node: number) => boolean) | null {
  if (source === null) return null;
  if (source === undefined) {
    const { graph: graphology } = graph;
    const hasMarks = graphology?.someNode((_, attributes) => attributes.train !== undefined);
    return hasMarks ? trainReader(graph, "train", place) : null;
  }
  if (source instanceof Set) {
    for (const key of source)
      if (graph.indexOf(key) === undefined)
        throw new RenodeError("ERR_NODE", `renode/${place}: there is no node "${key}"`, {
          fields: { node: key },
        });
    return (node) => source.has(graph.keyOf(node));
  }
  const read = nodeReader(graph, source as NodeSource<boolean | number>, place, "getNodeTrain");
  return (node) => asFlag(read(node), graph.keyOf(node), place);
}

/**
 * The nodes whose labels may be used. Labels of other nodes are read but not used.
 *
 * @throws {RenodeError} `ERR_LABEL` when there is none, or when a node is marked for training but has no label
 */
export function labelledNodes(
  graph: IndexedGraph,
  { getNodeLabel = "label", getNodeTrain }: LabelOptions,
  place: string,
): LabelledNodes {
  const all = readClasses(graph, getNodeLabel, place);
  const isTrain = trainReader(graph, getNodeTrain, place);
  const nodes: number[] = [];
  for (let node = 0; node < graph.order; node++) {
    const isMarked = isTrain === null || isTrain(node);
    const hasLabel = all.classOf[node]! >= 0;
    if (isMarked && hasLabel) nodes.push(node);
    else if (isMarked && isTrain)
      throw new RenodeError(
        "ERR_LABEL",
        `renode/${place}: node "${graph.keyOf(node)}" is marked for training but has no label`,
        { fields: { node: graph.keyOf(node) } },
      );
  }
  if (nodes.length === 0)
    throw new RenodeError(
      "ERR_LABEL",
      `renode/${place}: no node is labelled, at least one is needed`,
    );
  const present = [...new Set(nodes.map((node) => all.classOf[node]!))].sort((a, b) => a - b);
  const numbers = new Map(present.map((old, i) => [old, i]));
  const classOf = Int32Array.from(nodes, (node) => numbers.get(all.classOf[node]!)!);
  const counts = new Int32Array(present.length);
  for (const number of classOf) counts[number]!++;
  return {
    nodes: Int32Array.from(nodes),
    classOf,
    classes: present.map((old) => all.classes[old]!),
    counts,
  };
}
