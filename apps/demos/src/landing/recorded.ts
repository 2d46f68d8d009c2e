import type { Letter } from "./learn-sentence";

/** The landing page's content before a key is pressed, as `npm run demos -- --record landing` has written. */
export interface RecordedSentence {
  command: string;
  commit: string;
  sentence: string;
  seed: number;
  loss: number;
  letters: Letter[];
}
