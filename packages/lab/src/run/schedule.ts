import { Readable } from "node:stream";
import type { RunEvent } from "../study/study";
import type { Cell } from "./plan";

/** How cells are worked off. */
interface ScheduleOptions {
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

/** How far a study is. */
export interface StudyProgress {
  /** Share of the missing runs that is done, by weight, 0 to 1. */
  done: number;
  /** Seconds left at the pace so far; null at the very beginning. */
  secondsLeft: number | null;
  /** Runs under way, with what they last reported. */
  running: readonly { name: string; message: string }[];
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
        // Before that, what runs read first would count as slow work.
        secondsLeft: done < 0.005 ? null : seconds * (1 / done - 1),
        running: [...running].map(([cell, { message }]) => ({ name: cell.name, message })),
      };
    },
  };
}

/**
 * The events that a piece of work pushes, as an async iterable that ends, or throws, with the work.
 * @param stop called when the reader goes away early; the work is then waited for
 */
export async function* channel<E>(
  work: (push: (event: E) => void) => Promise<void>,
  stop: () => void,
): AsyncGenerator<E, void, void> {
  const events = new Readable({ objectMode: true, read() {} });
  const ended = work((event) => events.push(event)).finally(() => events.push(null));
  ended.catch(() => {});
  let isRead = false;
  try {
    yield* events;
    isRead = true;
    await ended;
  } finally {
    if (!isRead) stop();
    await ended.catch(() => {});
  }
}
