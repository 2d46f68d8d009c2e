import { DatasetsError, listOf, optionsOf, refuseUnknown, whole } from "../errors";
import type { NpyArray } from "./parse-npy";
import { parseNpz } from "./parse-npz";
import type { NodeSplit } from "./parse-planetoid";

/** A graph of N nodes from NumPy's arrays. */
export interface NpzGraph {
  /** Number of nodes, N. */
  readonly nodes: number;
  /** Class of each node, -1 where unknown, shape [N]. */
  readonly labels: Int32Array;
  /** Row-major features, shape [N, F]; undefined where the file has none. */
  readonly features:
    | { readonly rows: number; readonly cols: number; readonly data: Float32Array }
    | undefined;
  /** Undefined without `train_mask`. Without `test_mask`, all other labelled nodes are tested. */
  readonly split: NodeSplit | undefined;
  /** One end of each edge, shape [E]; an edge in both directions is there twice. */
  readonly source: Int32Array;
  /** Its other end, shape [E]. */
  readonly target: Int32Array;
  /** Shape [E]; undefined where the file has none. */
  readonly weights: Float64Array | undefined;
}

function fail(message: string, fields: Record<string, unknown> = {}): never {
  throw new DatasetsError("ERR_FORMAT", `datasets/parseNpzGraph: ${message}`, { fields });
}

type Arrays = ReadonlyMap<string, NpyArray>;

/** An array of the file. @param shape with null where any length will do */
function arrayOf(
  arrays: Arrays,
  name: string,
  shape: readonly (number | null)[],
): NpyArray | undefined {
  const found = arrays.get(name);
  if (found === undefined) return undefined;
  const fits =
    found.shape.length === shape.length &&
    found.shape.every((length, axis) => shape[axis] === null || shape[axis] === length);
  if (fits) return found;
  const wanted = shape.map((length) => length ?? "any").join(", ");
  return fail(`${name} must have the shape (${wanted}), got (${found.shape.join(", ")})`, { name });
}

function needed(arrays: Arrays, name: string, shape: readonly (number | null)[]): NpyArray {
  const names = [...arrays.keys()].join(", ") || "none";
  return arrayOf(arrays, name, shape) ?? fail(`there is no array ${name} among ${names}`, { name });
}

/** The whole numbers of an array, each from `min` to below `below`. */
function wholes(
  name: string,
  { data }: NpyArray,
  { min, below }: { min: number; below: number },
): Int32Array {
  const at = data.findIndex((n) => !Number.isInteger(n) || n < min || n >= below);
  if (at < 0) return Int32Array.from(data);
  return fail(
    `${name} must hold whole numbers from ${min} to ${below - 1}, got ${data[at]} at ${at}`,
    { name, at },
  );
}

function nodesWhere(nodes: number, isThere: (index: number) => boolean): Int32Array {
  const found = new Int32Array(nodes);
  let count = 0;
  for (let index = 0; index < nodes; index++) if (isThere(index)) found[count++] = index;
  return found.slice(0, count);
}

/**
 * Reads a `.npz` file with the arrays of PyTorch Geometric's `Data`: `edge_index` [2, E] and `y` [N], -1 where a class is not
 * known; and optionally `train_mask`, `val_mask`, `test_mask` [N], `x` [N, F] and `edge_weight` [E]. Save one with
 * `numpy.savez("graph.npz", edge_index=data.edge_index, y=data.y, …)`.
 *
 * @param bytes the complete file
 * @param options.maxBytes most bytes of all arrays together, unpacked. Default 1 GiB
 * @throws {DatasetsError} `ERR_FORMAT` for a damaged file, a missing array, another shape, or a node that does not exist
 */
export async function parseNpzGraph(
  bytes: Uint8Array,
  options: { maxBytes?: number | undefined } = {},
): Promise<NpzGraph> {
  const { maxBytes = 2 ** 30, ...rest } = optionsOf("parseNpzGraph", options);
  refuseUnknown("parseNpzGraph", rest);
  listOf("parseNpzGraph", "bytes", bytes);
  whole("parseNpzGraph", "maxBytes", maxBytes, { min: 1 });
  const arrays = await parseNpz(bytes, maxBytes);
  const edges = needed(arrays, "edge_index", [2, null]);
  const y = needed(arrays, "y", [null]);
  const nodes = y.data.length;
  const count = edges.shape[1]!;
  const ends = wholes("edge_index", edges, { min: 0, below: nodes });
  const labels = wholes("y", y, { min: -1, below: 2 ** 31 });
  const [train, validation, test] = ["train", "val", "test"].map((part) =>
    arrayOf(arrays, `${part}_mask`, [nodes]),
  );
  const isIn = (mask: NpyArray | undefined, index: number) => Boolean(mask?.data[index]);
  const isOther = (index: number) =>
    labels[index]! >= 0 && !isIn(train, index) && !isIn(validation, index);
  const x = arrayOf(arrays, "x", [nodes, null]);
  const weights = arrayOf(arrays, "edge_weight", [count]);
  return {
    nodes,
    labels,
    features: x && { rows: nodes, cols: x.shape[1]!, data: Float32Array.from(x.data) },
    split: train && {
      train: nodesWhere(nodes, (index) => isIn(train, index)),
      validation: nodesWhere(nodes, (index) => isIn(validation, index)),
      test: nodesWhere(nodes, (index) => (test ? isIn(test, index) : isOther(index))),
    },
    source: ends.slice(0, count),
    target: ends.slice(count),
    weights: weights && Float64Array.from(weights.data),
  };
}
