import type { Letter } from "./learn-sentence";

/** What the landing page shows before a key is pressed: what `npm run demos -- --record landing` has written. */
export interface RecordedSentence {
  command: string;
  commit: string;
  sentence: string;
  seed: number;
  loss: number;
  letters: Letter[];
}
