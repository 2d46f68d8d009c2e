import type { IndexedGraph } from "../graph/index-graph";
import type { Steps } from "../steps";
import type { InfluenceSettings } from "./options";
import { BLOCK } from "./power";
import { pushRows } from "./push-rows";
import { solveColumns } from "./solve-columns";
import type { SparseRow, Start } from "./sparse-rows";
import { walkOf } from "./walk";

function sparseColumn(solved: Float64Array, slot: number, order: number): SparseRow {
  let size = 0;
  for (let i = 0; i < order; i++) if (solved[i * BLOCK + slot] !== 0) size++;
  const row = { indices: new Int32Array(size), values: new Float64Array(size) };
  let at = 0;
  for (let i = 0; i < order; i++) {
    const value = solved[i * BLOCK + slot]!;
    if (value === 0) continue;
    row.indices[at] = i;
    row.values[at++] = value;
  }
  return row;
}

function* powerRows(
  graph: IndexedGraph,
  starts: readonly Start[],
  settings: InfluenceSettings,
  place: string,
): Steps<SparseRow[]> {
  const rows: SparseRow[] = [];
  yield* solveColumns(
    walkOf(graph.adjacency, settings),
    starts.length,
    settings,
    place,
    (column, into, slot) => {
      for (const [node, share] of starts[column]!) into[node * BLOCK + slot]! += share;
    },
    (_, solved, slot) => rows.push(sparseColumn(solved, slot, graph.order)),
  );
  return rows;
}

/**
 * One row per start: the row of P of its node, or the mean of several nodes' rows with their shares.
 *
 * P = restart·(I − (1 − restart)·Â)^(−1)
 *
 * @see Chen et al. 2021 (ReNode), section 3; Andersen, Chung, Lang 2006 for push
 */
export function influenceRows(
  graph: IndexedGraph,
  starts: readonly Start[],
  settings: InfluenceSettings,
  place: string,
): Steps<SparseRow[]> {
  const solve = settings.method === "power" ? powerRows : pushRows;
  return solve(graph, starts, settings, place);
}
