import type { Cell } from "./plan";

/** How cells are worked off. */
export interface ScheduleOptions {
  /** Cells at a time. */
  concurrency: number;
  signal: AbortSignal;
  /** Whether what the cell comes after is finished. */
  isReady(cell: Cell): boolean;
  start(cell: Cell): Promise<void>;
}

/**
 * Works off cells in their order as far as there is room: a cell starts when those that it comes after are finished, and one
 * that runs alone when no other can.
 *
 * @throws the signal's reason on abort, or what the first failing cell throws; the others have ended by then
 */
export async function schedule(
  cells: readonly Cell[],
  { concurrency, signal, isReady, start }: ScheduleOptions,
): Promise<void> {
  const waiting = [...cells];
  const running = new Set<Promise<void>>();
  const next = () => {
    const together = waiting.findIndex((cell) => !cell.variant.isAlone && isReady(cell));
    return together >= 0 || running.size > 0 ? together : waiting.findIndex(isReady);
  };
  try {
    while (waiting.length + running.size > 0) {
      signal.throwIfAborted();
      const at = running.size < concurrency ? next() : -1;
      if (at < 0) {
        await Promise.race(running);
        continue;
      }
      const [cell] = waiting.splice(at, 1) as [Cell];
      const run = start(cell).finally(() => running.delete(run));
      running.add(run);
      if (cell.variant.isAlone) await run;
    }
  } finally {
    await Promise.allSettled(running);
  }
}
