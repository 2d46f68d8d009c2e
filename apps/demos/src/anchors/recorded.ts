import type { Seen } from "./state";

/** The page before anything is run, as `npm run demos -- --record anchors` has written it. */
export interface RecordedAnchors extends Seen {
  command: string;
  commit: string;
}
