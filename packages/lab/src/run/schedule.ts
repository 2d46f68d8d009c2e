import type { RunEvent } from "../study/study";
import type { Cell, Finished } from "./plan";
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

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/**
 * The predicted cost of runs, in units of weight: what runs of the same variant took, where there are any, set in proportion by all
 * that have finished; else the variant's weight.
 */
function predictedCost(finished: Finished<unknown>): (cell: Cell) => number {
  const weightOf = ({ variant }: Pick<Cell, "variant">) => variant.weight ?? 1;
  const took = new Map<string, number[]>();
  for (const [{ variant }, { seconds }] of finished)
    took.set(variant.id, [...(took.get(variant.id) ?? []), seconds]);
  const seconds = sum([...took.values()].flat());
  const perWeight = seconds / sum([...finished.keys()].map(weightOf));
  return (cell) => {
    const own = took.get(cell.variant.id);
    return own === undefined || !(perWeight > 0)
      ? weightOf(cell)
      : sum(own) / own.length / perWeight;
  };
}

/**
 * Adds up how far runs are, each by its predicted cost.
 * @param finished all that have finished, with those that the folder held; it grows meanwhile
 * @param now in milliseconds
 */
export function watchProgress(
  cells: readonly Cell[],
  finished: Finished<unknown>,
  now: () => number = () => performance.now(),
) {
  const began = now();
  const running = new Map<Cell, { done: number; message: string }>();
  const ended = new Set<Cell>();
  return {
    report(cell: Cell, { done, message }: RunEvent) {
      const last = running.get(cell) ?? { done: 0, message: "" };
      running.set(cell, { done: done ?? last.done, message: message ?? last.message });
    },
    finish(cell: Cell) {
      running.delete(cell);
      ended.add(cell);
    },
    current(): StudyProgress {
      const costOf = predictedCost(finished);
      const parts = [...running].map(([cell, part]) => part.done * costOf(cell));
      const reached = sum([...[...ended].map(costOf), ...parts]);
      const share = Math.min(1, reached / sum(cells.map(costOf)));
      const done = ended.size === cells.length ? 1 : share;
      const seconds = (now() - began) / 1000;
      return {
        done,
        secondsLeft: done < 0.005 ? null : seconds * (1 / done - 1), // reading comes first
        running: [...running].map(([{ about }, { message }]) => ({ name: about.name, message })),
      };
    },
  };
}
