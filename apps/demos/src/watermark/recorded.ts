import type { Both } from "./names";
import type { Reading } from "./read-text";

/** The page before anything is run, as `npm run demos -- --record watermark` has written it. */
export interface RecordedWatermark {
  command: string;
  commit: string;
  seed: number;
  payload: string;
  strength: number;
  readings: Both<Reading>;
}
