/** @file Totoro's conflict scores of labelled nodes, in two equivalent forms. */
import { degreesOf } from "../graph/degrees";
import type { IndexedGraph } from "../graph/index-graph";
import type { LabelledNodes } from "../graph/labelled-nodes";
import type { InfluenceSettings } from "../pagerank/options";
import { BLOCK, expectedIterations } from "../pagerank/power";
import { solverOf, within } from "../pagerank/solve-starts";
import type { SparseRow, Start } from "../pagerank/sparse-rows";
import { walkOf } from "../pagerank/walk";
import type { Steps } from "../steps";

/** Conflict of each labelled node, and the total influence of all labelled nodes on every node. */
export interface Conflict {
  /** shape [L] */
  readonly totoro: Float64Array;
  /** Σ over labelled v of P_{v,x}, shape [N] */
  readonly reach: Float64Array;
}

/** Degrees of extreme weights scaled by their highest: the method depends on their ratios only, its tolerance on their size. */
function scaledDegrees(degrees: Float64Array): Float64Array {
  const highest = degrees.reduce((a, b) => Math.max(a, b), 0);
  return highest > 1e-30 && highest < 1e30 ? degrees : degrees.map((degree) => degree / highest);
}

/** The mean over each class's nodes. */
function classStarts({ nodes, classOf, counts }: LabelledNodes): Start[] {
  const starts = Array.from(counts, (count) => ({
    indices: new Int32Array(count),
    values: new Float64Array(count).fill(1 / count),
  }));
  const placed = new Int32Array(counts.length);
  for (const [v, node] of nodes.entries())
    starts[classOf[v]!]!.indices[placed[classOf[v]!]!++] = node;
  return starts;
}

/**
 * T_v = Σ_{j ≠ y_v} (P·S_j)_v with S_j = mean over class j of P's rows, which is the Gram form
 * T_v = Σ_{j ≠ y_v} mean_{i in C_j} K_{v,i}, K = R·Rᵀ, summed in another order. This takes two solutions per class, not one per
 * labelled node, and no row is kept. A solution costs what the class's surroundings in the graph cost.
 */
export function* conflictByClass(
  graph: IndexedGraph,
  labelled: LabelledNodes,
  settings: InfluenceSettings,
  place: string,
): Steps<Conflict> {
  const { nodes, classOf, counts } = labelled;
  const solve = solverOf(walkOf(graph.adjacency, settings), settings, place);
  // A solution is Pᵀ·start; with the row normalisation P = D^(−1)·Pᵀ·D.
  const isRow = settings.normalization === "row";
  const degrees = isRow ? scaledDegrees(degreesOf(graph.adjacency, settings.selfLoops)) : null;
  const starts = classStarts(labelled);
  const labelledAt = new Int32Array(graph.order).fill(-1);
  for (const [v, node] of nodes.entries()) labelledAt[node] = v;
  const totoro = new Float64Array(nodes.length);
  const reach = new Float64Array(graph.order);
  const perBlock = 2 * expectedIterations(settings);
  const total = Math.ceil(counts.length / BLOCK) * perBlock;
  for (let first = 0; first < counts.length; first += BLOCK) {
    const before = (first / BLOCK) * perBlock;
    const means = yield* within(solve(starts.slice(first, first + BLOCK)), before, total);
    const again = degrees
      ? means.map(({ indices, values }) => ({
          indices,
          values: values.map((value, e) => value * degrees[indices[e]!]!),
        }))
      : means;
    const solved = yield* within(solve(again), before + perBlock / 2, total);
    for (const [slot, mean] of means.entries()) accumulate(reach, mean, counts[first + slot]!);
    for (const [slot, { indices, values }] of solved.entries())
      for (const [e, x] of indices.entries()) {
        const v = labelledAt[x]!;
        if (v === -1 || classOf[v] === first + slot) continue;
        totoro[v]! += degrees ? values[e]! / degrees[x]! : values[e]!;
      }
    yield { type: "progress", stage: "power", done: before + perBlock, total };
  }
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
