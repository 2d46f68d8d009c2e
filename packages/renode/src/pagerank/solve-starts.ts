import type { ProgressEvent, Steps } from "../steps";
import { type LocalWalk, localWalks } from "./local-walks";
import type { InfluenceSettings } from "./options";
import { BLOCK, expectedIterations, solveFour } from "./power";
import type { SparseRow, Start } from "./sparse-rows";
import type { Walk } from "./walk";

/** Runs a part of the work and reports its progress, from `before` towards `total`. */
export function* within<T>(steps: Steps<T>, before: number, total: number): Steps<T> {
  let next = steps.next();
  while (!next.done) {
    const event: ProgressEvent = next.value;
    yield { ...event, done: before + event.done, total: Math.max(total, before + event.total) };
    next = steps.next();
  }
  return next.value;
}

/** Solves Z = walk·Z + restart·start for up to four starts at a time. */
export type Solver = (starts: readonly Start[]) => Steps<SparseRow[]>;

/** Writes a start into every fourth element from `slot` on. */
function placeStart({ walk, nodes }: LocalWalk, starts: readonly Start[]): Float64Array {
  const into = new Float64Array(walk.order * BLOCK);
  const places = nodes && new Map(Array.from(nodes, (node, place) => [node, place]));
  for (const [slot, start] of starts.entries())
    for (const [e, node] of start.indices.entries())
      into[(places ? places.get(node)! : node) * BLOCK + slot]! += start.values[e]!;
  return into;
}

/** The entries of one solution that are not 0. */
function solution({ walk, nodes }: LocalWalk, solved: Float64Array, slot: number): SparseRow {
  let size = 0;
  for (let i = 0; i < walk.order; i++) if (solved[i * BLOCK + slot] !== 0) size++;
  const row = { indices: new Int32Array(size), values: new Float64Array(size) };
  let at = 0;
  for (let i = 0; i < walk.order; i++) {
    const value = solved[i * BLOCK + slot]!;
    if (value === 0) continue;
    row.indices[at] = nodes ? nodes[i]! : i;
    row.values[at++] = value;
  }
  return row;
}

/** A solver that computes only on the part of the graph that its starts can reach within the iterations. */
export function solverOf(walk: Walk, settings: InfluenceSettings, place: string): Solver {
  // Twice what is expected: an iteration that went on beyond the part's border would lose what lies behind it.
  const around = localWalks(walk, 2 * expectedIterations(settings));
  return function* (starts) {
    const local = around(starts);
    const solved = yield* solveFour(local.walk, placeStart(local, starts), settings, place);
    return starts.map((_, slot) => solution(local, solved, slot));
  };
}
