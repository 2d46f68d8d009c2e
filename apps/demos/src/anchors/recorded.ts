import type { Example } from "./example";
import type { Look } from "./look";
import type { Both, Target } from "./names";

/** What the page shows before anything is run: what `npm run demos -- --record anchors` has written. */
export interface RecordedAnchors {
  command: string;
  commit: string;
  seed: number;
  target: Target;
  example: Example;
  looks: Both<Look>;
}
