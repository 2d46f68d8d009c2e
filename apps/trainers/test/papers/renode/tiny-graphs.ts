import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRandom } from "@deepgrain/lm";

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
