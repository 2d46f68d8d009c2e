import type { Curve, Exercise } from "./session";

/** The page's content before anything is run, as `npm run demos -- --record verifier` has written. */
export interface RecordedVerifier {
  command: string;
  commit: string;
  seed: number;
  /** Which of the held-out problems. */
  index: number;
  exercise: Exercise;
  curve: Curve;
}
