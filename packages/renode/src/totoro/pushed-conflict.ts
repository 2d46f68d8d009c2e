import { degreesOf } from "../graph/degrees";
import type { IndexedGraph } from "../graph/index-graph";
import type { LabelledNodes } from "../graph/labelled-nodes";
import type { InfluenceSettings } from "../pagerank/options";
import { type PushBudget, pushRows } from "../pagerank/push-rows";
import { startAt } from "../pagerank/sparse-rows";
import type { Steps } from "../steps";
import { type Conflict, conflictByRows } from "./conflict";
import { normalizeRow, type RowNormalize } from "./normalize-row";
import { pushBound } from "./push-bound";
import { rankCorrelation } from "./rank-correlation";

/** How accurate scores by local push are. */
export interface PushAccuracy {
  /** The precision that was used: the one given, or where the ranks of the scores had settled. */
  readonly epsilon: number;
  /** Share of the labelled nodes' influence that was not pushed on, their mean, in [0, 1]. */
  readonly left: number;
  /** Each exact score is at least the one found and at most this larger, shape [L]; null with `rowNormalize`. */
  readonly bound: Float64Array | null;
}

/** Conflict from pushed rows. */
export interface PushedConflict extends Conflict {
  readonly push: PushAccuracy;
}

/**
 * Where more of the influence than this was not pushed on, scores need not have the order of the exact ones: two halvings may
 * agree while both see the nearest nodes only.
 */
export const MOST_LEFT = 0.05;
/** The ranks of two precisions agree from this correlation on. */
const AGREEMENT = 0.99;
/** Where refinement starts, times the mean degree. */
const FIRST = 1e-3;

function* conflictAt(
  graph: IndexedGraph,
  labelled: LabelledNodes,
  settings: InfluenceSettings,
  rowNormalize: RowNormalize,
  place: string,
  epsilon: number,
  budget: PushBudget,
): Steps<PushedConflict> {
  const starts = Array.from(labelled.nodes, startAt);
  const rows = yield* pushRows(graph, starts, settings, place, epsilon, budget);
  const normalized = rows.map((row) => normalizeRow(row, rowNormalize));
  const conflict = yield* conflictByRows(normalized, graph.order, labelled);
  const left = rows.reduce((sum, row) => sum + row.left, 0) / rows.length;
  const bound = rowNormalize === "none" ? pushBound(graph, labelled, rows, settings) : null;
  return { ...conflict, push: { epsilon, left, bound } };
}

/** Conflict by local push at the given precision, or, without one, at the first where ranks have settled. */
export function* pushedConflict(
  graph: IndexedGraph,
  labelled: LabelledNodes,
  settings: InfluenceSettings,
  rowNormalize: RowNormalize,
  place: string,
): Steps<PushedConflict> {
  const budget = { left: settings.maxPushes };
  const at = (epsilon: number) =>
    conflictAt(graph, labelled, settings, rowNormalize, place, epsilon, budget);
  if (settings.epsilon !== null) return yield* at(settings.epsilon);
  const degrees = degreesOf(graph.adjacency, settings.selfLoops);
  const meanDegree = degrees.reduce((a, b) => a + b / degrees.length, 0);
  let epsilon = Math.min(0.5, FIRST / meanDegree);
  let coarser = yield* at(epsilon);
  for (;;) {
    epsilon /= 2;
    const finer = yield* at(epsilon);
    const isSettled = rankCorrelation(coarser.totoro, finer.totoro) >= AGREEMENT;
    if (isSettled && finer.push.left <= MOST_LEFT) return finer;
    coarser = finer;
  }
}
