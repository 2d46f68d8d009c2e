import { degreesOf } from "../graph/degrees";
import type { IndexedGraph } from "../graph/index-graph";
import type { LabelledNodes } from "../graph/labelled-nodes";
import type { InfluenceSettings } from "../pagerank/options";
import type { PushedRow } from "../pagerank/push-rows";

/**
 * How much the exact score of each labelled node may exceed the one from pushed rows.
 *
 * An exact row is the pushed one plus e_v ≥ 0 with e_v(x) ≤ ε_v·c_v·s(x): s = √degree, c_v = √degree(v) with the symmetric
 * normalisation, s = degree, c_v = 1 with that of rows. With A_v = Σ_x P̂_v(x)·s(x) and E_v ≥ Σ_x e_v(x)·s(x) a product of two
 * rows lacks at most ε_v·c_v·A_i + ε_i·c_i·(A_v + E_v), and T_v the sum of its classes' means.
 *
 * @returns shape [L]
 */
export function pushBound(
  graph: IndexedGraph,
  { nodes, classOf, counts }: LabelledNodes,
  rows: readonly PushedRow[],
  { normalization, selfLoops }: InfluenceSettings,
): Float64Array {
  const degrees = degreesOf(graph.adjacency, selfLoops);
  const isRow = normalization === "row";
  const scaleAt = (x: number) => (isRow ? degrees[x]! : Math.sqrt(degrees[x]!));
  const highest = isRow ? degrees.reduce((a, b) => Math.max(a, b)) : 0;
  // Per row: ε·c, A, and E.
  const error = Float64Array.from(rows, ({ coarseness }, v) =>
    isRow ? coarseness : coarseness * Math.sqrt(degrees[nodes[v]!]!),
  );
  const found = Float64Array.from(rows, ({ indices, values }) =>
    indices.reduce((sum, x, e) => sum + values[e]! * scaleAt(x), 0),
  );
  const lacking = Float64Array.from(
    rows,
    ({ left }, v) => left * (isRow ? highest : Math.sqrt(degrees[nodes[v]!]!)),
  );
  const [classError, classFound] = [
    new Float64Array(counts.length),
    new Float64Array(counts.length),
  ];
  for (let v = 0; v < rows.length; v++) {
    const j = classOf[v]!;
    classError[j]! += error[v]! / counts[j]!;
    classFound[j]! += found[v]! / counts[j]!;
  }
  const [allError, allFound] = [classError, classFound].map((list) =>
    list.reduce((a, b) => a + b, 0),
  );
  return Float64Array.from(rows, (_, v) => {
    const j = classOf[v]!;
    const others = { error: allError! - classError[j]!, found: allFound! - classFound[j]! };
    return error[v]! * others.found + others.error * (found[v]! + lacking[v]!);
  });
}
