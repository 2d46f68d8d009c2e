import type { Attributes } from "graphology-types";
import { RenodeError } from "../errors";
import { given } from "./given";
import type { IndexedGraph } from "./index-graph";

/** A class: any string or number. */
export type Label = string | number;

/**
 * The source of a value per node: the name of a node attribute, a function of key and attributes, a `Map` or plain
 * object by key, or a list in node order. Missing and null mean that the node has none.
 */
export type NodeSource<T> =
  | string
  | ((node: string, attributes: Attributes) => T | null | undefined)
  | ReadonlyMap<string, T | null | undefined>
  | Readonly<Record<string, T | null | undefined>>
  | ArrayLike<T | null | undefined>;

const isList = (source: object): source is ArrayLike<unknown> =>
  Array.isArray(source) || ArrayBuffer.isView(source);

function attributeReader(graph: IndexedGraph, name: string, place: string) {
  if (!graph.graph)
    throw new RenodeError(
      "ERR_ARGUMENT",
      `renode/${place}: a CSR has no node attribute "${name}": give a list, a map or a function`,
      { fields: { name } },
    );
  return (node: number): unknown => graph.attributesOf(node)[name];
}

/** A function from node number to the source's value. @throws {RenodeError} `ERR_ARGUMENT`, `ERR_SHAPE` */
export function nodeReader(
  graph: IndexedGraph,
  source: NodeSource<unknown>,
  place: string,
  name: string,
): (node: number) => unknown {
  if (typeof source === "string") return attributeReader(graph, source, place);
  if (typeof source === "function")
    return (node) => source(graph.keyOf(node), graph.attributesOf(node));
  if (typeof source !== "object" || source === null)
    throw new RenodeError(
      "ERR_ARGUMENT",
      `renode/${place}: ${name} must be an attribute name, a function, a map or a list, got ${String(source)}`,
    );
  if (source instanceof Map) return (node) => source.get(graph.keyOf(node));
  if (!isList(source))
    return (node) => {
      const key = graph.keyOf(node);
      return Object.hasOwn(source, key) ? (source as Record<string, unknown>)[key] : undefined;
    };
  if (source.length !== graph.order)
    throw new RenodeError(
      "ERR_SHAPE",
      `renode/${place}: ${name} must hold ${graph.order} values, one per node, got ${source.length}`,
      { fields: { order: graph.order, length: source.length } },
    );
  // A typed array cannot hold null: there a negative number means none.
  return ArrayBuffer.isView(source)
    ? (node) => ((source[node] as number) < 0 ? null : source[node])
    : (node) => source[node];
}

/** Class number of each node, −1 for none, and the classes by number: numbers ascending, then strings by code unit. */
export interface NodeClasses {
  /** shape [order] */
  readonly classOf: Int32Array;
  readonly classes: readonly Label[];
}

function asLabel(value: unknown, key: string, place: string): Label | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || (typeof value === "number" && Number.isFinite(value)))
    return value;
  throw new RenodeError(
    "ERR_LABEL",
    `renode/${place}: the label of node "${key}" must be a string or a finite number, got ${given(value)}`,
    { fields: { node: key, label: value } },
  );
}

const compareLabels = (a: Label, b: Label): number => {
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
};

/** Reads a label per node. @throws {RenodeError} `ERR_LABEL` for a label that is neither string nor finite number */
export function readClasses(
  graph: IndexedGraph,
  source: NodeSource<Label>,
  place: string,
): NodeClasses {
  const read = nodeReader(graph, source, place, "getNodeLabel");
  const labels = Array.from({ length: graph.order }, (_, node) =>
    asLabel(read(node), graph.keyOf(node), place),
  );
  const found = new Set<Label>();
  for (const label of labels) if (label !== null) found.add(label);
  const classes = [...found].sort(compareLabels);
  const numbers = new Map(classes.map((label, i) => [label, i]));
  return {
    classOf: Int32Array.from(labels, (label) => (label === null ? -1 : numbers.get(label)!)),
    classes,
  };
}
