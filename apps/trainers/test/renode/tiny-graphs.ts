import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRandom } from "@deepgrain/lm";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import Graph from "graphology";
import gexf from "graphology-gexf";
import type { SerializedGraph } from "graphology-types";

const CLASSES = 3;
const PER_CLASS = 100;
const WORDS = 24;

/** Writes a small citation graph: most links within a class, words that tell the classes apart now and then. */
export async function writeCitationFolder(folder: string, seed = 1): Promise<void> {
  const { next } = createRandom(seed);
  const below = (n: number) => Math.floor(next() * n);
  const count = CLASSES * PER_CLASS;
  const edges = new Set<string>();
  for (let node = 0; node < count; node++)
    for (let link = 0; link < 2; link++) {
      const isOwn = next() < 0.85;
      const other = isOwn ? below(PER_CLASS) * CLASSES + (node % CLASSES) : below(count);
      if (other !== node) edges.add(`${Math.min(node, other)},${Math.max(node, other)}`);
    }
  const nodes = Array.from({ length: count }, (_, node) => {
    const words = Array.from({ length: WORDS }, (_, word) => word).filter((word) =>
      word % CLASSES === node % CLASSES ? next() < 0.3 : next() < 0.15,
    );
    const split = node < 30 ? "train" : node < 90 ? "val" : "test";
    return `${node},${node % CLASSES},${split},${words.join(" ")}`;
  });
  await mkdir(folder, { recursive: true });
  const save = (name: string, text: string) => writeFile(join(folder, name), text);
  await save("nodes.csv", `id,label,split,features\n${nodes.join("\n")}\n`);
  await save("edges.csv", `source,target\n${[...edges].join("\n")}\n`);
  const classNames = ["rock", "paper", "scissors"];
  const sizes = { nodes: count, undirectedEdges: edges.size, features: WORDS };
  await save("meta.json", JSON.stringify({ name: "tiny", ...sizes, classNames }));
}

/** Two triangles joined by one edge; both ends of it and a far corner of each are labelled. graphology's export format. */
export const twoTriangles = {
  options: { type: "undirected", multi: false, allowSelfLoops: true },
  attributes: {},
  nodes: [
    { key: "a", attributes: { label: "x", train: true } },
    { key: "b", attributes: { label: "x" } },
    { key: "c", attributes: { label: "x", train: true } },
    { key: "d", attributes: { label: "y", train: true } },
    { key: "e", attributes: {} },
    { key: "f", attributes: { label: "y", train: true } },
  ],
  edges: [
    ["a", "b"],
    ["b", "c"],
    ["a", "c"],
    ["c", "d"],
    ["d", "e"],
    ["e", "f"],
    ["d", "f"],
  ].map(([source, target], i) => ({ key: `e${i}`, source, target, attributes: { weight: 1 } })),
};

/** The two triangles as a graph. */
export const graph = Graph.from(twoTriangles as unknown as SerializedGraph);

/** A folder with the two triangles in every format. */
export async function graphFolder(): Promise<string> {
  const cwd = await temporaryFolder();
  const save = (name: string, text: string) => writeFile(join(cwd, name), text);
  await save("graph.json", JSON.stringify(twoTriangles));
  const topics = graph.copy();
  topics.updateEachNodeAttributes((_, { label, ...rest }) => ({
    ...rest,
    ...(label ? { topic: label } : {}),
  }));
  await save("graph.gexf", gexf.write(topics));
  const data = (key: string, value: unknown) =>
    value === undefined ? "" : `<data key="${key}">${value}</data>`;
  const nodes = graph.mapNodes(
    (key, { label, train }) => `<node id="${key}">${data("l", label)}${data("t", train)}</node>`,
  );
  const edges = graph.mapEdges((_, __, a, b) => `<edge source="${a}" target="${b}"/>`);
  await save(
    "graph.graphml",
    `<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="l" for="node" attr.name="label" attr.type="string"/><key id="t" for="node" attr.name="train" attr.type="boolean"/>
<graph edgedefault="undirected">${nodes.join("")}${edges.join("")}</graph></graphml>`,
  );
  await save(
    "graph.csv",
    `source,target\n${graph.mapEdges((_, __, a, b) => `${a},${b}`).join("\n")}\n`,
  );
  await save("graph.txt", `# blanks\n${graph.mapEdges((_, __, a, b) => `${a} ${b} 1`).join("\n")}`);
  const table = graph.mapNodes((key, { label = "", train = "" }) => `${key},${label},${train}`);
  await save("nodes.csv", `id,label,train\n${table.join("\n")}\n`);
  return cwd;
}
