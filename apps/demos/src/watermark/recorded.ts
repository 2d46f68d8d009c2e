import type { Both } from "./names";
import type { Reading } from "./read-text";

/** What the page shows before anything is run: what `npm run demos -- --record watermark` has written. */
export interface RecordedWatermark {
  command: string;
  commit: string;
  seed: number;
  payload: string;
  strength: number;
  readings: Both<Reading>;
}
