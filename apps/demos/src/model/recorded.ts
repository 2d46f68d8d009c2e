import type { Wrote } from "./state";

/** The page's content before it is touched, as `npm run demos -- --record model` has written. */
export interface RecordedModel extends Wrote {
  command: string;
  commit: string;
}
