import type { RunEvent } from "../study/study";
import type { Cell } from "./plan";

/** How far a study is. */
export interface StudyProgress {
  /** Share of the missing runs that is done, by weight, 0 to 1. */
  done: number;
  /** Seconds left at the pace so far; null at the very beginning. */
  secondsLeft: number | null;
  /** Runs under way, with what they last reported. */
  running: readonly { name: string; message: string }[];
}

/** Adds up how far runs are. @param now in milliseconds */
export function watchProgress(cells: readonly Cell[], now: () => number = () => performance.now()) {
  const weightOf = ({ variant }: Cell) => variant.weight ?? 1;
  const total = cells.reduce((sum, cell) => sum + weightOf(cell), 0);
  const began = now();
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
      const done = total === 0 ? 1 : Math.min(1, (finished + parts) / total);
      const seconds = (now() - began) / 1000;
      return {
        done,
        // Before that, what runs read first would count as slow work.
        secondsLeft: done < 0.005 ? null : seconds * (1 / done - 1),
        running: [...running].map(([cell, { message }]) => ({ name: cell.name, message })),
      };
    },
  };
}
