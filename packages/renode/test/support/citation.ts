import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CitationGraph, planetoid } from "@deepgrain/datasets";
import { sharedFolder } from "@deepgrain/vitest/shared";
import Graph from "graphology";

/** The two citation graphs whose reference numbers are at hand. */
export const citationNames = ["cora", "citeseer"] as const;
export type CitationName = (typeof citationNames)[number];

export const hasCitations = sharedFolder !== undefined;

const folderOf = (name: CitationName) => join(sharedFolder!, "data", name);

/** Numbers that a NumPy program computed with a dense inverse in float64. */
export interface Reference {
  totoroSum: number;
  nodes: number[];
  labels: number[];
  totoro: number[];
  rank: number[];
  weight: number[];
  pprSelf: number[];
  pprRow0Top: [node: number, value: number][];
  testScores: Record<
    "labelPropagation" | "sgcRidge" | "sgcRidgeReNode",
    { accuracy: number; weightedF1: number; macroF1: number }
  >;
}

export const reference = (name: CitationName): Reference =>
  JSON.parse(readFileSync(join(folderOf(name), "renode-reference.json"), "utf8"));

export const citation = (name: CitationName): Promise<CitationGraph> => planetoid(folderOf(name));

/** The graph with the attributes `label` (none where unknown) and `train`. */
export function toGraphology({ nodes, labels, split, source, target }: CitationGraph): Graph {
  const graph = new Graph({ type: "undirected" });
  const train = new Set(split.train);
  for (let node = 0; node < nodes; node++)
    graph.addNode(node, {
      ...(labels[node]! < 0 ? {} : { label: labels[node] }),
      train: train.has(node),
    });
  source.forEach((from, edge) => {
    graph.addEdge(from, target[edge]!);
  });
  return graph;
}
