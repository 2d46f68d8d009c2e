import { UndirectedGraph } from "graphology";
import type { GraphData } from "./graph-data";

/** graphology's graph of the same nodes; keys are positions. Edges between the same two nodes merge, loops are dropped. */
export function toGraphology({ nodes, edges }: GraphData): UndirectedGraph {
  const graph = new UndirectedGraph();
  for (const [key, { x, y }] of nodes.entries()) graph.addNode(key, { x, y });
  for (const [source, target, weight] of edges)
    if (source !== target)
      graph.updateEdge(source, target, ({ weight: before = 0 }) => ({ weight: before + weight }));
  return graph;
}
