import type { PagePool } from "./page-pool";
import type { StepTokens } from "./prepared-model";
import { makeRoom, type Sequence } from "./sequence";

/** The rows of a step and their positions: one row per continuation, then the prompts that join. */
export function stepTokens(
  pool: PagePool,
  continued: readonly Sequence[],
  joining: readonly Sequence[],
): StepTokens {
  const sequences = [...continued, ...joining];
  const [ids, rows, sampled]: [number[], number[], number[]] = [[], [], []];
  pool.reserve(
    sequences.reduce(
      (sum, { all, pages }) => sum + Math.ceil(all.length / pool.pageTokens) - pages.length,
      0,
    ),
  );
  for (const [i, sequence] of sequences.entries()) {
    const { all, stored } = sequence;
    makeRoom(sequence, all.length - stored, pool);
    for (let place = stored; place < all.length; place++) {
      ids.push(all[place]!);
      rows.push(i, place);
    }
    sampled.push(ids.length - 1);
    sequence.stored = all.length;
  }
  const tableWidth = Math.max(...sequences.map(({ pages }) => pages.length));
  const table = new Int32Array(sequences.length * tableWidth);
  for (const [i, { pages }] of sequences.entries()) table.set(pages, i * tableWidth);
  let first = continued.length;
  const fresh = joining.map(({ all: { length } }) => {
    first += length;
    return { first: first - length, length };
  });
  return {
    ids: Int32Array.from(ids),
    rows: Int32Array.from(rows),
    sampled: Int32Array.from(sampled),
    table,
    tableWidth,
    continued: continued.length,
    fresh,
  };
}
