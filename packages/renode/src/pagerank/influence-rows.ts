import type { IndexedGraph } from "../graph/index-graph";
import type { Steps } from "../steps";
import type { InfluenceSettings } from "./options";
import { BLOCK, expectedIterations } from "./power";
import { pushRows } from "./push-rows";
import { solverOf, within } from "./solve-starts";
import type { SparseRow, Start } from "./sparse-rows";
import { walkOf } from "./walk";

/** Precision of pushed rows that are asked for themselves. */
const DEFAULT_EPSILON = 1e-4;

function* powerRows(
  graph: IndexedGraph,
  starts: readonly Start[],
  settings: InfluenceSettings,
  place: string,
): Steps<SparseRow[]> {
  const solve = solverOf(walkOf(graph.adjacency, settings), settings, place);
  const perBlock = expectedIterations(settings);
  const total = Math.ceil(starts.length / BLOCK) * perBlock;
  const rows: SparseRow[] = [];
  for (let first = 0; first < starts.length; first += BLOCK) {
    const before = (first / BLOCK) * perBlock;
    rows.push(...(yield* within(solve(starts.slice(first, first + BLOCK)), before, total)));
    yield { type: "progress", stage: "power", done: before + perBlock, total };
  }
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
  if (settings.method === "power") return powerRows(graph, starts, settings, place);
  return pushRows(graph, starts, settings, place, settings.epsilon ?? DEFAULT_EPSILON);
}
