import fc from "fast-check";
import Graph from "graphology";
import type { Matrix } from "./dense";

/** A small labelled graph and its adjacency matrix as the package must read it. */
export interface RandomGraph {
  graph: Graph;
  matrix: Matrix;
  /** Label of each node, −1 for none; the first two nodes have one. */
  labels: number[];
}

const edgeList = (order: number) =>
  fc.array(
    fc.record({
      from: fc.nat(order - 1),
      to: fc.nat(order - 1),
      weight: fc.option(fc.double({ min: 0.1, max: 5, noNaN: true }), { nil: undefined }),
      isDirected: fc.boolean(),
    }),
    { maxLength: 3 * order },
  );

/** Mixed multigraphs with loops, parallel edges, isolated nodes and some weights. */
export const randomGraphs: fc.Arbitrary<RandomGraph> = fc
  .integer({ min: 2, max: 9 })
  .chain((order) =>
    fc.record({
      edges: edgeList(order),
      labels: fc.array(fc.integer({ min: -1, max: 2 }), { minLength: order, maxLength: order }),
    }),
  )
  .map(({ edges, labels: drawn }) => {
    const labels = [0, 1, ...drawn.slice(2)];
    const graph = new Graph({ multi: true, allowSelfLoops: true, type: "mixed" });
    labels.forEach((label, i) => {
      graph.addNode(i, label < 0 ? {} : { label });
    });
    const matrix = labels.map(() => new Array<number>(labels.length).fill(0));
    const isWeighted = edges.some(({ weight }) => weight !== undefined);
    for (const { from, to, weight, isDirected } of edges) {
      const attributes = weight === undefined ? {} : { weight };
      if (isDirected) graph.addDirectedEdge(from, to, attributes);
      else graph.addUndirectedEdge(from, to, attributes);
      if (from === to) continue;
      const value = isWeighted ? matrix[from]![to]! + (weight ?? 1) : 1;
      matrix[from]![to] = value;
      matrix[to]![from] = value;
    }
    return { graph, matrix, labels };
  });
