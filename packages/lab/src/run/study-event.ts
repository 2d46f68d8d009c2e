import type { StudyRuns } from "../study/runs";
import type { RunEvent } from "../study/study";

/** A run as events name it: `name` is for people. */
export interface NamedRun {
  name: string;
  variant: string;
  seed: number;
}

/** How far a study is. */
export interface StudyProgress {
  /** Share of the missing runs that is done, by predicted cost, 0 to 1. */
  done: number;
  /** Seconds left at the pace so far; null at the very beginning. */
  secondsLeft: number | null;
  /** Runs under way, with what they last reported. */
  running: readonly { name: string; message: string }[];
}

/** An event of a run. */
export type RunningEvent =
  | ({ type: "run-start" } & NamedRun)
  | ({ type: "run-event"; event: RunEvent } & NamedRun & StudyProgress)
  | ({ type: "run-end"; path: string } & NamedRun & StudyProgress);

/** An event of a study. */
export type StudyEvent<S = unknown, R = unknown> =
  | ({ type: "run-damaged"; path: string; reason: string } & NamedRun)
  | { type: "study-start"; total: number; found: number }
  | { type: "prepare-event"; event: RunEvent }
  | RunningEvent
  | { type: "study-end"; runs: StudyRuns<S, R> };
