import { denseMatrix, encodeNpzGraph } from "@deepgrain/datasets";
import type { Features, NodeData, NodeSplit } from "@deepgrain/renode/gnn";

/** Features as they are written, each entry stored. */
function denseOf(features: Features) {
  return "rowOffsets" in features ? denseMatrix(features) : features;
}

/** Numbers of classes: their own where all names are numbers, else in the order of the names. */
function numbersOf(names: NodeData["classNames"]): number[] {
  const own = names.map(Number);
  const areNumbers = names.every((name, i) => /^\d+$/.test(String(name)) && own[i]! < 2 ** 31);
  return areNumbers ? own : names.map((_, i) => i);
}

/** Rows of a matrix in compressed form: the row of each entry. */
const rowsOf = (offsets: Int32Array): Int32Array => {
  const rows = new Int32Array(offsets.at(-1) ?? 0);
  for (let row = 0; row + 1 < offsets.length; row++) rows.fill(row, offsets[row], offsets[row + 1]);
  return rows;
};

/** A graph as it is written to `.npz`. */
export interface NpzFile {
  data: NodeData;
  /** Undefined: the graph has none. */
  features: Features | undefined;
  split: NodeSplit;
  /** A number per node, by name. */
  nodeValues: Readonly<Record<string, Float32Array>>;
}

/**
 * A graph as the bytes of a `.npz` file in PyTorch Geometric's names, each edge in both directions; and what each class number
 * means, such as "0 rock".
 */
export function npzFile({ data, features, split, nodeValues }: NpzFile) {
  const { graph, classes, classNames, keys } = data;
  const numbers = numbersOf(classNames);
  const bytes = encodeNpzGraph(
    {
      nodes: keys.length,
      labels: classes.map((c) => (c < 0 ? -1 : numbers[c]!)),
      features: features && denseOf(features),
      split,
      source: rowsOf(graph.offsets),
      target: graph.targets,
      weights: graph.weights ?? undefined,
    },
    { nodeValues },
  );
  return { bytes, classes: classNames.map((name, c) => `${numbers[c]} ${name}`) };
}
