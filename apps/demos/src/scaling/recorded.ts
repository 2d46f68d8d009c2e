import type { Look } from "./look";

/** The page's content before anything is run, as `npm run demos -- --record scaling` has written. */
export interface RecordedScaling {
  command: string;
  commit: string;
  /** The run whose results the table holds. */
  runs: { command: string; commits: readonly string[]; seeds: number };
  /** Of the budget that was planned: its power of ten. */
  budget: number;
  look: Look;
}
