import type { Both } from "./names";
import type { Reading } from "./read-text";

/** Texts of one scheme at one strength of its mark; means over them. */
export interface FrontierPoint {
  strength: number;
  texts: number;
  /** Oddness to the unmarked model, in nats per token. */
  nats: number;
  /** Share of the message's bits that are read right, and after a quarter of the tokens is deleted. */
  bits: number;
  bitsDeleted: number;
}

/** The page before anything is run, as `npm run demos -- --record watermark` has written it. */
export interface RecordedWatermark {
  command: string;
  commit: string;
  seed: number;
  payload: string;
  strength: number;
  readings: Both<Reading>;
  /** Both schemes at five strengths. */
  frontier: Both<FrontierPoint[]>;
}
