import { readFile, stat } from "node:fs/promises";
import { DatasetsError, type NpyArray, parseNpz } from "@deepgrain/datasets";
import type { Features, NodeSplit } from "@deepgrain/renode/gnn";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { UndirectedGraph } from "graphology";

/** Files are read whole. */
const MOST_BYTES = 2 ** 30;

/** The arrays of a file by name. */
type Arrays = ReadonlyMap<string, NpyArray>;

async function arraysIn(path: string): Promise<Arrays> {
  const { size } = await stat(path);
  if (size > MOST_BYTES)
    throw new FormatError(`${path}: ${size} bytes, at most ${MOST_BYTES} are read`);
  try {
    return await parseNpz(await readFile(path));
  } catch (cause) {
    if (!DatasetsError.isInstance(cause)) throw cause;
    throw new FormatError(`${path}: ${cause.message.replace(/^datasets\/parseNpz: /, "")}`, {
      cause,
    });
  }
}

/** An array of the file. @param shape with null where any length will do */
function arrayOf(
  path: string,
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
  throw new FormatError(
    `${path}: ${name} must have the shape (${wanted}), got (${found.shape.join(", ")})`,
  );
}

function needed(path: string, name: string, found: NpyArray | undefined, arrays: Arrays): NpyArray {
  if (found) return found;
  const names = [...arrays.keys()].join(", ") || "none";
  throw new FormatError(`${path}: there is no array ${name} among ${names}`);
}

/** @throws {FormatError} for an entry that is no whole number in the range */
function assertWhole(
  path: string,
  name: string,
  { data }: NpyArray,
  { min, below }: { min: number; below: number },
): void {
  const at = data.findIndex((n) => !Number.isInteger(n) || n < min || n >= below);
  if (at >= 0)
    throw new FormatError(
      `${path}: ${name} must hold whole numbers from ${min} to ${below - 1}, got ${data[at]} at ${at}`,
    );
}

const nodesWhere = ({ data }: NpyArray): Int32Array =>
  Int32Array.from([...data.keys()].filter((node) => data[node] !== 0));

/** The split of the masks; without one for testing, all labelled nodes outside of the others. */
function splitOf(
  y: NpyArray,
  train: NpyArray,
  masks: { validation: NpyArray | undefined; test: NpyArray | undefined },
): NodeSplit {
  const { validation, test } = masks;
  const isOther = (node: number) =>
    train.data[node] === 0 && !validation?.data[node] && y.data[node]! >= 0;
  return {
    train: nodesWhere(train),
    validation: validation ? nodesWhere(validation) : new Int32Array(),
    test: test ? nodesWhere(test) : Int32Array.from([...y.data.keys()].filter(isOther)),
  };
}

/**
 * A graph from a `.npz` file with the arrays of PyTorch Geometric's `Data`: `edge_index` [2, E] and `y` [N], −1 where a class is
 * not known; and optionally `train_mask`, `val_mask`, `test_mask` [N], `x` [N, F] and `edge_weight` [E]. An edge in both
 * directions is one edge.
 *
 * @throws {FormatError} for a damaged file, a missing array, another shape, or a node that does not exist
 */
export async function readNpzGraph(path: string): Promise<{
  graph: UndirectedGraph;
  features: Features | undefined;
  split: NodeSplit | undefined;
}> {
  const arrays = await arraysIn(path);
  const of = (name: string, ...shape: (number | null)[]) => arrayOf(path, arrays, name, shape);
  const edges = needed(path, "edge_index", of("edge_index", 2, null), arrays);
  const y = needed(path, "y", of("y", null), arrays);
  const count = y.data.length;
  const links = edges.shape[1]!;
  assertWhole(path, "edge_index", edges, { min: 0, below: count });
  assertWhole(path, "y", y, { min: -1, below: 2 ** 31 });
  const masks = { validation: of("val_mask", count), test: of("test_mask", count) };
  const [train, weights] = [of("train_mask", count), of("edge_weight", links)];
  const graph = new UndirectedGraph();
  for (let node = 0; node < count; node++) {
    const label = y.data[node]! < 0 ? {} : { label: String(y.data[node]) };
    graph.addNode(node, train ? { ...label, train: train.data[node] !== 0 } : label);
  }
  for (let edge = 0; edge < links; edge++) {
    const attributes = weights ? { weight: weights.data[edge] } : {};
    graph.mergeEdge(edges.data[edge]!, edges.data[links + edge]!, attributes);
  }
  const x = of("x", count, null);
  const features = x && { rows: count, cols: x.shape[1]!, data: Float32Array.from(x.data) };
  return { graph, features, split: train && splitOf(y, train, masks) };
}
