import { FormatError } from "@deepgrain/studies/shared/read-json";
import { MultiGraph } from "graphology";
import type { AbstractGraph } from "graphology-types";
import Papa from "papaparse";
import { readGraphText } from "./graph-text";

/** Quotation marks of one line: after a misplaced one, the parser looks through the rest of the line again at each. */
const MOST_QUOTES = 256;

/**
 * Rows of a table that is separated by commas, tabs or blanks; empty lines and lines that start with `#` are ignored.
 */
async function readRows(path: string): Promise<string[][]> {
  const text = (await readGraphText(path)).replaceAll(/\r\n?/g, "\n");
  for (const [i, line] of text.split("\n").entries())
    if (line.split('"').length - 1 > MOST_QUOTES)
      throw new FormatError(`${path}: line ${i + 1} has more than ${MOST_QUOTES} quotation marks`);
  const isBlank = !/[,\t;]/.test(text);
  const source = isBlank ? text.replaceAll(/ +/g, " ").replaceAll(/^ | $/gm, "") : text;
  const { data, errors } = Papa.parse<string[]>(source, {
    comments: "#",
    newline: "\n",
    skipEmptyLines: "greedy",
    delimiter: isBlank ? " " : undefined,
  });
  const [first] = errors.filter(({ code }) => code !== "UndetectableDelimiter");
  if (first) throw new FormatError(`${path}: row ${(first.row ?? 0) + 1}: ${first.message}`);
  return data.map((row) => row.map((cell) => cell.trim()));
}

const endNames = ["source", "target", "from", "to"];

/** Merges the nodes of a table with the columns `id`, `label` and, if there is one, `train` or `split`. */
async function addNodes(graph: AbstractGraph, path: string): Promise<void> {
  const [head = [], ...rows] = await readRows(path);
  const column = (name: string) => head.indexOf(name);
  const [id, label, train, split] = ["id", "label", "train", "split"].map(column);
  if (id! < 0 || label! < 0)
    throw new FormatError(`${path}: the first line must name the columns id and label`);
  for (const [i, row] of rows.entries()) {
    const cell = (at: number) => (at < 0 ? "" : (row[at] ?? ""));
    if (cell(id!) === "") throw new FormatError(`${path}: row ${i + 2} has no id`);
    const isTrain = /^(1|true|train)$/i.test(cell(train!) || cell(split!));
    graph.mergeNode(cell(id!), {
      label: cell(label!) === "" ? undefined : cell(label!),
      train: train! < 0 && split! < 0 ? undefined : isTrain,
    });
  }
}

/**
 * A graph from a list of edges: a row holds two keys and, if there is a third column, a weight. A first row of names such as
 * `source,target` is a heading.
 *
 * @param nodesPath table of nodes with the columns `id`, `label` and, if there is one, `train` or `split`
 * @throws {FormatError} saying which row is wrong
 */
export async function readEdgeList(
  path: string,
  nodesPath: string | undefined,
): Promise<AbstractGraph> {
  const graph = new MultiGraph();
  if (nodesPath !== undefined) await addNodes(graph, nodesPath);
  const rows = await readRows(path);
  const hasHead = endNames.includes(rows[0]?.[0]?.toLowerCase() ?? "");
  for (const [i, [source, target, weight]] of rows.entries()) {
    if (i === 0 && hasHead) continue;
    const place = `${path}: row ${i + 1}`;
    if (!source || !target) throw new FormatError(`${place} must hold two keys`);
    const hasWeight = weight !== undefined && weight !== "";
    if (hasWeight && !Number.isFinite(Number(weight)))
      throw new FormatError(`${place}: the weight must be a number, got "${weight}"`);
    graph.mergeNode(source);
    graph.mergeNode(target);
    graph.addEdge(source, target, hasWeight ? { weight: Number(weight) } : {});
  }
  return graph;
}
