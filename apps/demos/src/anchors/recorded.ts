import type { Example } from "./example";
import type { Look } from "./look";
import type { Both, Target } from "./names";

/** The page before anything is run, as `npm run demos -- --record anchors` has written it. */
export interface RecordedAnchors {
  command: string;
  commit: string;
  seed: number;
  target: Target;
  example: Example;
  looks: Both<Look>;
}
