import type { Both } from "./pair-names";
import type { Probe } from "./probe";
import type { Standing, Tuned, Way } from "./tune";

/** The page's content before anything is run, as `npm run demos -- --record mixture` has written. */
export interface RecordedMixture {
  command: string;
  commit: string;
  seed: number;
  steps: number;
  /** Held-out losses over the steps. */
  curve: { step: number; losses: Both<number> }[];
  probes: Both<Probe>;
  /** Shares of the task's choices, per layer and expert. */
  scores: number[][];
  /** Losses of both models without their busiest experts: none, an eighth, two … of each layer's. */
  drops: Both<number[]>;
  tuning: { p: number; before: Standing; tuned: Record<Way, Tuned> };
}
