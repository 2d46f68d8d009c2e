import type { Reading } from "./classify";
import type { Outcome } from "./clean";

/** The page's content before anything is run, as `npm run demos -- --record purify` has written. */
export interface RecordedPurify {
  command: string;
  commit: string;
  outcome: Outcome;
  reading: Reading;
}
