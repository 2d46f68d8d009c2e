/** @file Graphs as text: tables of edges, graphology's JSON, GEXF and GraphML. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { readGraph } from "../inside";
import { damaged } from "../mutations";
import { count, word } from "./json-values";

/** The format that a text begins like. */
function formatOf(text: string) {
  if (/^\s*[[{]/.test(text)) return "json";
  if (/^\s*<[^>]*gexf/.test(text)) return "gexf";
  return /^\s*</.test(text) ? "graphml" : "edges";
}

/** Reads a graph from a file, of the format that its text begins like; a list of edges with itself as the table of nodes, too. */
export async function readGraphFile(text: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "doors-graph-"));
  try {
    const path = join(folder, "graph");
    await writeFile(path, text);
    const format = formatOf(text);
    const nodes = format === "edges" && /^id\b/.test(text) ? path : undefined;
    await readGraph(path, { format, nodes });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** n edges in a row, or out of one node. */
const edgesOf = (n: number, isStar = false) =>
  count(n).map((i) => [isStar ? 0 : i, i + 1] as const);

/** A table of edges. @param separator between its cells */
export const edgeTable = (n: number, separator: string, isStar = false) =>
  `source${separator}target${separator}weight\n${edgesOf(n, isStar)
    .map(([from, to]) => [from, to, 0.5].join(separator))
    .join("\n")}\n`;

/** A table of nodes, which is read as a list of edges, too. */
export const nodeTable = (n: number) =>
  `id,label,train\n${count(n)
    .map((i) => `${i},a,${i % 2}`)
    .join("\n")}\n`;

const serialized = (n: number) => ({
  options: { type: "mixed", multi: true, allowSelfLoops: true },
  attributes: { name: "g" },
  nodes: count(n + 1).map((i) => ({ key: `${i}`, attributes: { label: "a" } })),
  edges: edgesOf(n).map(([from, to]) => ({ source: `${from}`, target: `${to}`, attributes: {} })),
});

/** A graph as graphology exports it. */
export const jsonGraph = (n: number) => JSON.stringify(serialized(n));

const tagged = (n: number, item: (i: number) => string) => count(n).map(item).join("");

/** A GEXF file of n nodes with `values` values each, and n - 1 edges. */
export const gexfGraph = (n: number, values = 1) =>
  `<?xml version="1.0"?><gexf version="1.2"><graph defaultedgetype="undirected"><attributes class="node">${tagged(
    values,
    (i) => `<attribute id="${i}" title="a${i}" type="string"/>`,
  )}</attributes><nodes>${tagged(
    n,
    (i) =>
      `<node id="${i}" label="n"><attvalues>${tagged(values, (v) => `<attvalue for="${v}" value="x"/>`)}</attvalues></node>`,
  )}</nodes><edges>${tagged(n - 1, (i) => `<edge id="${i}" source="${i}" target="${i + 1}" weight="2"/>`)}</edges></graph></gexf>`;

/** A GraphML file of n nodes, with `keys` kinds of values, and n - 1 edges. */
export const graphmlGraph = (n: number, keys = 1) =>
  `<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">${tagged(
    keys,
    (i) => `<key id="k${i}" for="node" attr.name="a${i}" attr.type="string"/>`,
  )}<graph edgedefault="undirected">${tagged(
    n,
    (i) => `<node id="${i}">${tagged(keys, (k) => `<data key="k${k}">x</data>`)}</node>`,
  )}${tagged(n - 1, (i) => `<edge source="${i}" target="${i + 1}"/>`)}</graph></graphml>`;

const small = fc.integer({ min: 1, max: 3 });

const keyed = fc.tuple(word, word).map(([from, to]) => `${from},${to}\n`);

/** Texts of all formats, most of them valid. */
export const graphTexts: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(small, fc.constantFrom(",", "\t", ";", " ")).map(([n, cell]) => edgeTable(n, cell)),
  small.map(nodeTable),
  fc.array(keyed).map((rows) => rows.join("")),
  small.map(jsonGraph),
  damaged("json", small.map(serialized)).map((json) => JSON.stringify(json)),
  fc.tuple(small, small).map(([n, values]) => gexfGraph(n, values)),
  fc.tuple(small, small).map(([n, keys]) => graphmlGraph(n, keys)),
);
