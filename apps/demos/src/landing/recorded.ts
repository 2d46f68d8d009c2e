import type { Written } from "./state";

/** The landing page's content before a key is pressed, as `npm run demos -- --record landing` has written. */
export interface RecordedSentence {
  command: string;
  commit: string;
  written: Written;
}
