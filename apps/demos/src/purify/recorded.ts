import type { Reading } from "./classify";
import type { Outcome } from "./clean";

/** What the page shows before anything is run: what `npm run demos -- --record purify` has written. */
export interface RecordedPurify {
  command: string;
  commit: string;
  outcome: Outcome;
  reading: Reading;
}
