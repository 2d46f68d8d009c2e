import type { RunEvent } from "../study/study";
import type { Cell } from "./plan";
import type { StudyProgress } from "./study-event";

interface ScheduleOptions {
  concurrency: number;
  signal: AbortSignal;
  isFinished(cell: Cell): boolean;
  start(cell: Cell): Promise<void>;
}

/**
 * Works off cells in their order as far as there is room: a cell starts when those that it comes after are finished, and one
 * that runs alone when no other can.
 * @throws the signal's reason on abort, or what the first failing cell throws; the others have ended by then
 */
export async function schedule(
  cells: readonly Cell[],
  { concurrency, signal, isFinished, start }: ScheduleOptions,
): Promise<void> {
  const waiting = new Set(cells);
  const running = new Set<Promise<void>>();
  const next = () => {
    const ready = [...waiting].filter(({ after }) => after.every(isFinished));
    const together = ready.find(({ variant }) => !variant.isAlone);
    return together ?? (running.size === 0 ? ready[0] : undefined);
  };
  try {
    while (waiting.size + running.size > 0) {
      signal.throwIfAborted();
      const cell = running.size < concurrency ? next() : undefined;
      if (!cell) {
        await Promise.race(running);
        continue;
      }
      waiting.delete(cell);
      const run = start(cell).finally(() => running.delete(run));
      running.add(run);
      if (cell.variant.isAlone) await run;
    }
  } finally {
    await Promise.allSettled(running);
  }
}

/** Adds up how far runs are. */
export function watchProgress(cells: readonly Cell[]) {
  const weightOf = ({ variant }: Cell) => variant.weight ?? 1;
  const total = cells.reduce((sum, cell) => sum + weightOf(cell), 0);
  const began = performance.now();
  const running = new Map<Cell, { done: number; message: string }>();
  let finished = 0;
  return {
    report(cell: Cell, { done, message }: RunEvent) {
      const last = running.get(cell) ?? { done: 0, message: "" };
      running.set(cell, { done: done ?? last.done, message: message ?? last.message });
    },
    finish(cell: Cell) {
      running.delete(cell);
      finished += weightOf(cell);
    },
    current(): StudyProgress {
      const parts = [...running].reduce((sum, [cell, { done }]) => sum + done * weightOf(cell), 0);
      const done = Math.min(1, (finished + parts) / total);
      const seconds = (performance.now() - began) / 1000;
      return {
        done,
        secondsLeft: done < 0.005 ? null : seconds * (1 / done - 1), // reading comes first
        running: [...running].map(([{ about }, { message }]) => ({ name: about.name, message })),
      };
    },
  };
}
