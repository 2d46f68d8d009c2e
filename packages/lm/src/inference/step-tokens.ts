import type { PagePool } from "./page-pool";
import type { Reading } from "./passes";
import type { StepTokens } from "./prepared-model";
import { makeRoom } from "./sequence";

/**
 * The rows of a step and their positions, and marks them as stored.
 * @param readings those that start a sequence at the end
 */
export function stepTokens(pool: PagePool, readings: readonly Reading[]): StepTokens {
  const [ids, rows, sampled]: [number[], number[], number[]] = [[], [], []];
  const fresh: { first: number; length: number }[] = [];
  const { pageTokens } = pool;
  pool.reserve(
    readings.reduce((sum, { sequence: { stored, pages }, count }) => {
      return sum + Math.max(0, Math.ceil((stored + count) / pageTokens) - pages.length);
    }, 0),
  );
  let positionLimit = 0;
  for (const [i, { sequence, count, sampled: last }] of readings.entries()) {
    const { all, stored } = sequence;
    makeRoom(sequence, count, pool);
    if (stored === 0) fresh.push({ first: ids.length, length: count });
    for (let place = stored; place < stored + count; place++) {
      ids.push(all[place]!);
      rows.push(i, place);
    }
    for (let row = ids.length - last; row < ids.length; row++) sampled.push(row);
    sequence.stored = stored + count;
    positionLimit = Math.max(positionLimit, all.length);
  }
  const tableWidth = Math.max(...readings.map(({ sequence }) => sequence.pages.length));
  const table = new Int32Array(readings.length * tableWidth);
  for (const [i, { sequence }] of readings.entries()) table.set(sequence.pages, i * tableWidth);
  return {
    ids: Int32Array.from(ids),
    rows: Int32Array.from(rows),
    // A pass has at least one row of logits, wanted or not.
    sampled: Int32Array.from(sampled.length > 0 ? sampled : [ids.length - 1]),
    table,
    tableWidth,
    positionLimit,
    continued: fresh[0]?.first ?? ids.length,
    fresh,
  };
}
