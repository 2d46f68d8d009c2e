import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Generator } from "@deepgrain/tensor-gpu";
import { randomGraph } from "../dist/workloads.js";
import { coraFolder } from "./cora-folder.mjs";

const rows = (file) =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

function readCora(folder) {
  const edges = rows(join(folder, "edges.csv"));
  const nodes = rows(join(folder, "nodes.csv"));
  const ends = [0, 1].map((end) => edges.map((edge) => Number(edge[end])));
  const words = nodes.map((node) => node[3].split(" ").filter(Boolean).map(Number));
  return {
    nodes: nodes.length,
    words: 1433,
    classes: 7,
    source: Int32Array.of(...ends[0], ...ends[1]),
    target: Int32Array.of(...ends[1], ...ends[0]),
    document: Int32Array.from(words.flatMap((list, node) => list.map(() => node))),
    word: Int32Array.from(words.flat()),
    labels: Int32Array.from(nodes, (node) => (node[2] === "train" ? Number(node[1]) : -100)),
  };
}

/** Cora, or a random graph of its size where the shared data is missing; `isReal` says which. */
export function coraGraph() {
  if (coraFolder) return { isReal: true, graph: readCora(coraFolder) };
  const sizes = { nodes: 2708, edges: 10556, words: 1433, occurrences: 49216, classes: 7 };
  return { isReal: false, graph: randomGraph({ ...sizes, labelled: 140 }, new Generator(7)) };
}
