/** @file Totoro's conflict scores of labelled nodes, in two equivalent forms. */
import { degreesOf } from "../graph/degrees";
import type { IndexedGraph } from "../graph/index-graph";
import type { LabelledNodes } from "../graph/labelled-nodes";
import type { InfluenceSettings } from "../pagerank/options";
import { BLOCK } from "../pagerank/power";
import { solveColumns } from "../pagerank/solve-columns";
import type { SparseRow } from "../pagerank/sparse-rows";
import { walkOf } from "../pagerank/walk";
import type { Steps } from "../steps";

/** Conflict of each labelled node, and the total influence of all labelled nodes on every node. */
export interface Conflict {
  /** shape [L] */
  readonly totoro: Float64Array;
  /** Σ over labelled v of P_{v,x}, shape [N] */
  readonly reach: Float64Array;
}

function* solvedClasses(
  graph: IndexedGraph,
  { nodes, classOf, counts }: LabelledNodes,
  settings: InfluenceSettings,
  place: string,
): Steps<Float64Array[]> {
  const means: Float64Array[] = [];
  yield* solveColumns(
    walkOf(graph.adjacency, settings),
    counts.length,
    settings,
    place,
    (column, into, slot) => {
      for (let v = 0; v < nodes.length; v++)
        if (classOf[v] === column) into[nodes[v]! * BLOCK + slot] = 1 / counts[column]!;
    },
    (_, solved, slot) =>
      means.push(Float64Array.from({ length: graph.order }, (_, x) => solved[x * BLOCK + slot]!)),
  );
  return means;
}

/**
 * T_v = Σ_{j ≠ y_v} (P·S_j)_v with S_j = mean over class j of P's rows, which is the Gram form
 * T_v = Σ_{j ≠ y_v} mean_{i in C_j} K_{v,i}, K = R·Rᵀ, summed in another order. This takes two solutions per class, not one per
 * labelled node, and no row is stored.
 */
export function* conflictByClass(
  graph: IndexedGraph,
  labelled: LabelledNodes,
  settings: InfluenceSettings,
  place: string,
): Steps<Conflict> {
  const { nodes, classOf, counts } = labelled;
  const means = yield* solvedClasses(graph, labelled, settings, place);
  // A solution is Pᵀ·start; with the row normalisation P = D^(−1)·Pᵀ·D.
  const isRow = settings.normalization === "row";
  const degrees = isRow ? degreesOf(graph.adjacency, settings.selfLoops) : null;
  const totoro = new Float64Array(nodes.length);
  yield* solveColumns(
    walkOf(graph.adjacency, settings),
    counts.length,
    settings,
    place,
    (column, into, slot) => {
      const mean = means[column]!;
      for (let x = 0; x < graph.order; x++)
        into[x * BLOCK + slot] = degrees ? mean[x]! * degrees[x]! : mean[x]!;
    },
    (column, solved, slot) => {
      for (let v = 0; v < nodes.length; v++) {
        if (classOf[v] === column) continue;
        const value = solved[nodes[v]! * BLOCK + slot]!;
        totoro[v]! += degrees ? value / degrees[nodes[v]!]! : value;
      }
    },
  );
  const reach = new Float64Array(graph.order);
  for (const [j, mean] of means.entries())
    for (let x = 0; x < graph.order; x++) reach[x]! += counts[j]! * mean[x]!;
  return { totoro, reach };
}

/** `into[x] += scale·row[x]` */
function accumulate(into: Float64Array, { indices, values }: SparseRow, scale: number): void {
  for (let e = 0; e < indices.length; e++) into[indices[e]!]! += scale * values[e]!;
}

function dot({ indices, values }: SparseRow, dense: Float64Array): number {
  let sum = 0;
  for (let e = 0; e < indices.length; e++) sum += values[e]! * dense[indices[e]!]!;
  return sum;
}

/** The Gram form, computed from given rows, one class mean at a time. */
export function* conflictByRows(
  rows: readonly SparseRow[],
  order: number,
  { classOf, counts }: LabelledNodes,
): Steps<Conflict> {
  const totoro = new Float64Array(rows.length);
  const reach = new Float64Array(order);
  for (const row of rows) accumulate(reach, row, 1);
  const mean = new Float64Array(order);
  for (let j = 0; j < counts.length; j++) {
    mean.fill(0);
    for (const [v, row] of rows.entries())
      if (classOf[v] === j) accumulate(mean, row, 1 / counts[j]!);
    for (const [v, row] of rows.entries()) if (classOf[v] !== j) totoro[v]! += dot(row, mean);
    yield { type: "progress", stage: "gram", done: j + 1, total: counts.length };
  }
  return { totoro, reach };
}
