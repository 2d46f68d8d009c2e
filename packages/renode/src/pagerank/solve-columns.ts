import type { ProgressEvent, Steps } from "../steps";
import type { InfluenceSettings } from "./options";
import { BLOCK, expectedIterations, solveFour } from "./power";
import type { Walk } from "./walk";

/** Runs a part of the work and reports its progress, from `before` towards `total`. */
function* within<T>(steps: Steps<T>, before: number, total: number): Steps<T> {
  let next = steps.next();
  while (!next.done) {
    const event: ProgressEvent = next.value;
    yield { ...event, done: before + event.done, total: Math.max(total, before + event.total) };
    next = steps.next();
  }
  return next.value;
}

/**
 * Solves Z = walk·Z + restart·start column by column.
 *
 * @param count number of columns
 * @param start writes column c into every fourth element of `into` from `slot` on
 * @param finish receives the solved column c in the same layout
 */
export function* solveColumns(
  walk: Walk,
  count: number,
  settings: InfluenceSettings,
  place: string,
  start: (column: number, into: Float64Array, slot: number) => void,
  finish: (column: number, solved: Float64Array, slot: number) => void,
): Steps<void> {
  const perBlock = expectedIterations(settings);
  const total = Math.ceil(count / BLOCK) * perBlock;
  for (let first = 0; first < count; first += BLOCK) {
    const width = Math.min(BLOCK, count - first);
    const into = new Float64Array(walk.order * BLOCK);
    for (let slot = 0; slot < width; slot++) start(first + slot, into, slot);
    const before = (first / BLOCK) * perBlock;
    const solved = yield* within(solveFour(walk, into, settings, place), before, total);
    for (let slot = 0; slot < width; slot++) finish(first + slot, solved, slot);
    yield { type: "progress", stage: "power", done: before + perBlock, total };
  }
}
