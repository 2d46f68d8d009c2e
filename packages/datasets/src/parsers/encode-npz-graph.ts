import { DatasetsError, having, listOf, optionsOf, refuseUnknown, whole } from "../errors";
import { encodeNpy, type NpyType } from "./encode-npy";
import type { NpzGraph } from "./parse-npz-graph";
import { zipArchive } from "./zip-archive";

/** A graph that {@link encodeNpzGraph} writes, as `parseNpzGraph` returns it. */
export type NpzGraphInput = Pick<NpzGraph, "nodes" | "labels" | "source" | "target"> & {
  readonly [Part in "features" | "split" | "weights"]?: NpzGraph[Part];
};

/** Options of {@link encodeNpzGraph}. */
export interface EncodeNpzOptions {
  /** Further arrays of one number per node, float32 [N], by name. */
  nodeValues?: Readonly<Record<string, ArrayLike<number>>> | undefined;
}

interface NamedArray {
  name: string;
  type: NpyType;
  shape: readonly number[];
  data: ArrayLike<number>;
}

/** Archives without extensions hold less. */
const MOST_BYTES = 2 ** 32 - 2 ** 20;

function refuse(code: "ERR_RANGE" | "ERR_ARGUMENT", message: string, fields: object): never {
  throw new DatasetsError(code, `datasets/encodeNpzGraph: ${message}`, { fields: { ...fields } });
}

/** @throws {DatasetsError} `ERR_ARGUMENT` for what is no list, `ERR_RANGE` for another length */
function sized<T extends ArrayLike<number>>(name: string, list: T, length: number): T {
  if (listOf("encodeNpzGraph", name, list).length === length) return list;
  return refuse("ERR_RANGE", `${name} must have ${length} numbers, got ${list.length}`, { name });
}

/** A list of whole numbers from `min` to below `below`. */
function wholes(
  name: string,
  list: ArrayLike<number>,
  [min, below]: readonly [number, number],
): ArrayLike<number> {
  listOf("encodeNpzGraph", name, list);
  for (let at = 0; at < list.length; at++) {
    const value = list[at]!;
    if (Number.isInteger(value) && value >= min && value < below) continue;
    const wanted = `whole numbers from ${min} to ${below - 1}`;
    refuse("ERR_RANGE", `${name} must hold ${wanted}, got ${value} at ${at}`, { name, at, value });
  }
  return list;
}

/** The masks of a split, [N] each. */
function masksOf(split: NonNullable<NpzGraph["split"]>, nodes: number): NamedArray[] {
  const parts = { train: split.train, val: split.validation, test: split.test };
  return Object.entries(parts).map(([part, members]) => {
    const data = new Uint8Array(nodes);
    wholes(`split.${part === "val" ? "validation" : part}`, members, [0, nodes]);
    for (let i = 0; i < members.length; i++) data[members[i]!] = 1;
    return { name: `${part}_mask`, type: "|b1", shape: [nodes], data };
  });
}

/** Arrays of numbers per node beside the graph's own. */
function valuesOf(
  given: Record<string, ArrayLike<number>>,
  nodes: number,
  own: readonly NamedArray[],
) {
  return Object.entries(given).map(([name, data]): NamedArray => {
    if (!/^[A-Za-z]\w*$/.test(name) || own.some((array) => array.name === name))
      refuse("ERR_ARGUMENT", `nodeValues: ${JSON.stringify(name)} cannot name an array`, { name });
    return { name, type: "<f4", shape: [nodes], data: sized(`nodeValues.${name}`, data, nodes) };
  });
}

/** The arrays of a graph, checked, in the order in which they are written. */
function arraysOf(graph: NpzGraphInput): NamedArray[] {
  const { nodes, labels, features, split, source, target, weights } = graph;
  whole("encodeNpzGraph", "nodes", nodes, { min: 0, max: 2 ** 31 - 1 });
  const edges = wholes("source", source, [0, nodes]).length;
  wholes("target", sized("target", target, edges), [0, nodes]);
  wholes("labels", sized("labels", labels, nodes), [-1, 2 ** 31]);
  const arrays: NamedArray[] = [];
  if (features) {
    const { rows, cols, data } = features;
    whole("encodeNpzGraph", "features.rows", rows, { min: nodes, max: nodes });
    whole("encodeNpzGraph", "features.cols", cols, { min: 0 });
    sized("features.data", data, rows * cols);
    arrays.push({ name: "x", type: "<f4", shape: [rows, cols], data });
  }
  const ends = new Float64Array(2 * edges);
  ends.set(source);
  ends.set(target, edges);
  arrays.push({ name: "edge_index", type: "<i8", shape: [2, edges], data: ends });
  if (weights) {
    const data = sized("weights", weights, edges);
    arrays.push({ name: "edge_weight", type: "<f8", shape: [edges], data });
  }
  arrays.push({ name: "y", type: "<i8", shape: [nodes], data: labels });
  return split ? [...arrays, ...masksOf(split, nodes)] : arrays;
}

/**
 * The bytes of a `.npz` file that `parseNpzGraph` and `numpy.load` read, with the arrays of PyTorch Geometric's `Data`: `x`
 * float32 [N, F], `edge_index` int64 [2, E], `edge_weight` float64 [E], `y` int64 [N] with -1 where a class is not known, and
 * the boolean masks `train_mask`, `val_mask`, `test_mask` [N]. What the graph lacks is left out. Edges are written as they are: a graph
 * network that wants both directions must be given both. The same graph gives the same bytes.
 *
 * @throws {DatasetsError} `ERR_RANGE` for a node that does not exist, a list of another length, or more than 4 GiB; `ERR_ARGUMENT` for
 *   a name that a further array cannot have
 */
export function encodeNpzGraph(graph: NpzGraphInput, options: EncodeNpzOptions = {}): Uint8Array {
  const { nodeValues = {}, ...rest } = optionsOf("encodeNpzGraph", options);
  refuseUnknown("encodeNpzGraph", rest);
  having("encodeNpzGraph", "graph", graph, "labels", "source", "target");
  const own = arraysOf(graph);
  const arrays = [...own, ...valuesOf(nodeValues, graph.nodes, own)];
  const total = arrays.reduce((sum, { data }) => sum + 8 * data.length, 0);
  if (total > MOST_BYTES)
    refuse("ERR_RANGE", `the arrays must take at most ${MOST_BYTES} bytes, got ${total}`, {
      total,
    });
  return zipArchive(
    arrays.map(({ name, type, shape, data }) => ({
      name: `${name}.npy`,
      bytes: encodeNpy(data, type, shape),
    })),
  );
}
