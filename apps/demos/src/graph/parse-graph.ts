import type { GraphData, Labels } from "./graph-data";
import { type GraphTable, tableOfCsv } from "./read-csv";
import { tableOfJson } from "./read-json";

/** Limits of a visitor's graph. */
export const LIMITS = { bytes: 1_000_000, nodes: 1000, edges: 10_000, classes: 6 };

/** A file's name and content. */
export interface GraphFile {
  name: string;
  content: Uint8Array;
}

/** A graph that was read: its labels, and whether its nodes have places. */
export interface ParsedGraph {
  graph: GraphData;
  labels: Labels;
  hasPlaces: boolean;
}

const counted = (n: number) => n.toLocaleString("en-US");

function textOf({ name, content }: GraphFile): string {
  if (content.length === 0) throw new Error(`${name} is empty.`);
  if (content.length > LIMITS.bytes)
    throw new Error(
      `${name} has ${counted(Math.ceil(content.length / 1000))} kB; at most ${counted(LIMITS.bytes / 1000)} kB are read.`,
    );
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    throw new Error(`${name} is no text in UTF-8; choose a CSV or JSON file.`);
  }
  if (text.includes("\0")) throw new Error(`${name} is no text: it holds zero bytes.`);
  return text;
}

/** The tables of several files as one. */
function joined(tables: readonly GraphTable[]): GraphTable {
  return {
    nodes: tables.flatMap(({ nodes }) => nodes),
    edges: tables.flatMap(({ edges }) => edges),
  };
}

function checkSizes({ nodes, edges }: GraphTable): void {
  const ids = new Set<string>();
  for (const { id } of nodes) {
    if (ids.has(id)) throw new Error(`The node “${id}” is there twice.`);
    ids.add(id);
  }
  if (edges.length === 0)
    throw new Error("There are no edges; give a CSV with the columns source and target.");
  const limits = [
    ["nodes", ids.size],
    ["edges", edges.length],
  ] as const;
  for (const [what, count] of limits)
    if (count > LIMITS[what])
      throw new Error(
        `There are ${counted(count)} ${what}; at most ${counted(LIMITS[what])} are drawn.`,
      );
  for (const { source, target, weight } of edges) {
    if (!(weight > 0 && Number.isFinite(weight)))
      throw new Error(
        `The edge from “${source}” to “${target}” has the weight ${weight}; weights are numbers above 0.`,
      );
    for (const id of [source, target])
      if (!ids.has(id)) throw new Error(`An edge names the node “${id}”, which is not there.`);
  }
}

/** Names of the classes, sorted; numbers by their value. */
function classesOf({ nodes }: GraphTable): string[] {
  const names = [...new Set(nodes.flatMap(({ label }) => label ?? []))];
  names.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  if (names.length > LIMITS.classes)
    throw new Error(`There are ${names.length} classes; at most ${LIMITS.classes} are coloured.`);
  return names;
}

/**
 * Reads a visitor's graph: graphology's JSON, or an edge list in CSV (`source,target[,weight]`) and beside it its nodes
 * (`id,label[,train]`).
 *
 * @throws {Error} with a sentence for the visitor about what is wrong
 */
export function parseGraph(files: readonly GraphFile[]): ParsedGraph {
  const texts = files.map((file) => textOf(file).trim());
  const isJson = (text: string) => text.startsWith("{");
  const tables = texts.map((text, i) =>
    isJson(text) ? tableOfJson(text, files[i]!.name) : tableOfCsv(text, files[i]!.name),
  );
  // An edge list names nodes, too; JSON lists all of them.
  const table = texts.some(isJson) ? joined(tables) : withNodesOfEdges(joined(tables));
  checkSizes(table);
  const classNames = classesOf(table);
  const isMarked = table.nodes.some(({ train }) => train !== undefined);
  const labels = table.nodes.flatMap(({ label, train }, i) =>
    label !== undefined && (train === true || !isMarked)
      ? [[i, classNames.indexOf(label)] as const]
      : [],
  );
  if (new Set(labels.map(([, label]) => label)).size < 2)
    throw new Error(
      "Labelled nodes must be of at least two classes: give nodes with the columns id and label.",
    );
  const hasPlaces = table.nodes.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const places = new Map(table.nodes.map(({ id }, i) => [id, i]));
  const graph: GraphData = {
    title: files.map(({ name }) => name).join(", "),
    classNames,
    nodes: table.nodes.map(({ id, name = id, label, x = 0, y = 0 }) => ({
      name,
      x,
      y,
      truth: label === undefined ? null : classNames.indexOf(label),
    })),
    edges: table.edges.map(
      ({ source, target, weight }) => [places.get(source)!, places.get(target)!, weight] as const,
    ),
  };
  return { graph, labels, hasPlaces };
}

/** A table that lists the nodes of its edges, too, after its own. */
function withNodesOfEdges({ nodes, edges }: GraphTable): GraphTable {
  const listed = new Set(nodes.map(({ id }) => id));
  const named = new Set(edges.flatMap(({ source, target }) => [source, target]));
  const others = [...named].filter((id) => !listed.has(id)).map((id) => ({ id }));
  return { nodes: [...nodes, ...others], edges };
}
