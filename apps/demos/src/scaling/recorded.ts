import type { Look } from "./look";

/** What the page shows before anything is run: what `npm run demos -- --record scaling` has written. */
export interface RecordedScaling {
  command: string;
  commit: string;
  /** The run whose results the table holds. */
  runs: { command: string; commits: readonly string[]; seeds: number };
  /** Of the budget that was planned: its power of ten. */
  budget: number;
  look: Look;
}
