import { notJson } from "@deepgrain/support/json";
import { DatasetsError, having } from "../errors";
import { parseCsv } from "./parse-csv";
import type { SparseBinaryMatrix } from "./sparse-binary-matrix";

/** Node indices of the fixed split, each ascending. Nodes may belong to none. */
export interface NodeSplit {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/** A citation graph: N papers, their words, topics and links. */
export interface CitationGraph {
  readonly name: string;
  /** Number of nodes, N. */
  readonly nodes: number;
  /** Topic names by label; their number is the number of classes. */
  readonly classNames: readonly string[];
  /** Topic of each node, -1 where unknown, shape [N]. */
  readonly labels: Int32Array;
  /** Which words each paper has, shape [N, words]. */
  readonly features: SparseBinaryMatrix;
  readonly split: NodeSplit;
  /** Lower end of each undirected edge, shape [E]. */
  readonly source: Int32Array;
  /** Higher end of each undirected edge, shape [E]. */
  readonly target: Int32Array;
}

/** The text of the three files. */
export interface PlanetoidFiles {
  nodes: string | Uint8Array;
  edges: string | Uint8Array;
  meta: string;
}

interface Meta {
  name: string;
  nodes: number;
  undirectedEdges: number;
  features: number;
  classNames: string[];
}

type NodeRow = Record<"id" | "label" | "split" | "features", string>;

function demand(condition: boolean, message: string, fields: Record<string, unknown>) {
  if (!condition)
    throw new DatasetsError("ERR_FORMAT", `datasets/parsePlanetoid: ${message}`, {
      fields,
    });
}

/** An integer written in plain digits, from `low` to below `high`. */
function wholeNumber(text: string | undefined, low: number, high: number, what: string): number {
  const value = /^-?\d+$/.test(text ?? "") ? Number(text) : Number.NaN;
  demand(value >= low && value < high, `${what} must be in ${low}..${high - 1}, got ${text}`, {
    text,
  });
  return value;
}

/** The rows of a table that has these columns. */
function tableOf<Column extends string>(
  file: string,
  text: string | Uint8Array,
  columns: readonly Column[],
): Record<Column, string>[] {
  const rows = parseCsv<Column>(text);
  const missing = columns.filter((column) => rows[0] && !Object.hasOwn(rows[0], column));
  demand(missing.length === 0, `${file} lacks the column ${missing.join(", ")}`, { missing });
  return rows;
}

function readMeta(text: string): Meta {
  let meta: Partial<Meta> | undefined;
  try {
    meta = JSON.parse(text) as Partial<Meta>;
  } catch (cause) {
    const message = `datasets/parsePlanetoid: meta.json: ${notJson(text)}`;
    throw new DatasetsError("ERR_FORMAT", message, { cause });
  }
  const counts = [meta?.nodes, meta?.undirectedEdges, meta?.features];
  const isText = (name: unknown) => typeof name === "string";
  const areCounts = counts.every((count) => Number.isSafeInteger(count) && count! >= 0);
  const areNames = Array.isArray(meta?.classNames) && meta.classNames.every(isText);
  demand(areCounts && areNames && isText(meta?.name), "meta.json lacks a name or a count", {
    meta,
  });
  return meta as Meta;
}

/** Rows of ascending column numbers, separated by spaces, as one sparse matrix. */
function sparseFeatures(rows: readonly NodeRow[], cols: number): SparseBinaryMatrix {
  const rowOffsets = new Int32Array(rows.length + 1);
  const colIndices: number[] = [];
  for (const [node, { features }] of rows.entries()) {
    let least = 0;
    for (const text of features === "" ? [] : features.split(" ")) {
      const column = wholeNumber(
        text,
        least,
        cols,
        `features of node ${node}: an ascending column`,
      );
      colIndices.push(column);
      least = column + 1;
    }
    rowOffsets[node + 1] = colIndices.length;
  }
  return { rows: rows.length, cols, rowOffsets, colIndices: Int32Array.from(colIndices) };
}

function nodeSplit(rows: readonly NodeRow[]): NodeSplit {
  const members: Record<string, number[]> = { train: [], val: [], test: [], none: [] };
  for (const [node, { split }] of rows.entries()) {
    demand(Object.hasOwn(members, split), `split of node ${node} is unknown: ${split}`, { node });
    members[split]!.push(node);
  }
  const { train, val, test } = members;
  return {
    train: Int32Array.from(train!),
    validation: Int32Array.from(val!),
    test: Int32Array.from(test!),
  };
}

function edgeEnds(text: string | Uint8Array, { nodes, undirectedEdges }: Meta) {
  const rows = tableOf("edges.csv", text, ["source", "target"]);
  demand(rows.length === undirectedEdges, `expected ${undirectedEdges} edges, got ${rows.length}`, {
    edges: rows.length,
  });
  const source = Int32Array.from(rows, (row) => wholeNumber(row.source, 0, nodes, "source"));
  const target = Int32Array.from(rows, (row, i) =>
    wholeNumber(row.target, source[i]! + 1, nodes, "target"),
  );
  const pairs = new Set(rows.map((_, i) => source[i]! * nodes + target[i]!));
  demand(pairs.size === rows.length, "an edge stands twice", { edges: rows.length });
  return { source, target };
}

/**
 * Reads a citation graph from the text of `nodes.csv` (`id,label,split,features`), `edges.csv`
 * (`source,target`, source < target) and `meta.json` (`name`, `nodes`, `undirectedEdges`,
 * `features`, `classNames`).
 *
 * @returns node and edge order as in the files
 * @throws {DatasetsError} `ERR_FORMAT` when a file has another format, or the counts, ids, labels,
 *   columns or edges contradict `meta.json`
 */
export function parsePlanetoid(files: PlanetoidFiles): CitationGraph {
  having("parsePlanetoid", "files", files);
  const meta = readMeta(files.meta);
  const rows: NodeRow[] = tableOf("nodes.csv", files.nodes, ["id", "label", "split", "features"]);
  demand(rows.length === meta.nodes, `expected ${meta.nodes} nodes, got ${rows.length}`, {
    nodes: rows.length,
  });
  for (const [i, { id }] of rows.entries())
    demand(id === String(i), `node ${i} has the id ${id}: ids must count from 0`, { id });
  return {
    name: meta.name,
    nodes: rows.length,
    classNames: meta.classNames,
    labels: Int32Array.from(rows, ({ label }) =>
      wholeNumber(label, -1, meta.classNames.length, "label"),
    ),
    features: sparseFeatures(rows, meta.features),
    split: nodeSplit(rows),
    ...edgeEnds(files.edges, meta),
  };
}
