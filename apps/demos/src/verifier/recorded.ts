import type { Curve, Exercise } from "./session";

/** What the page shows before anything is run: what `npm run demos -- --record verifier` has written. */
export interface RecordedVerifier {
  command: string;
  commit: string;
  seed: number;
  /** Which of the held-out problems. */
  index: number;
  exercise: Exercise;
  curve: Curve;
}
