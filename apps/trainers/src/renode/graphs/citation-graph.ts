import { planetoid } from "@deepgrain/datasets";
import type { NodeSplit, SparseFeatures } from "@deepgrain/renode/gnn";
import { UndirectedGraph } from "graphology";
import type { AbstractGraph } from "graphology-types";

/** A citation graph as a graphology graph: keys are node numbers, labels class names, `train` the fixed split's nodes. */
export async function readCitationGraph(
  folder: string,
): Promise<{ graph: AbstractGraph; features: SparseFeatures; split: NodeSplit }> {
  const { nodes, labels, classNames, split, features, source, target } = await planetoid(folder);
  const graph = new UndirectedGraph();
  const isTrain = new Set(split.train);
  for (let node = 0; node < nodes; node++) {
    const label = labels[node]! < 0 ? {} : { label: classNames[labels[node]!] };
    graph.addNode(node, { ...label, train: isTrain.has(node) });
  }
  source.forEach((from, edge) => {
    graph.mergeEdge(from, target[edge]!);
  });
  return { graph, features, split };
}
