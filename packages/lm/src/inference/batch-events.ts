import type { TokenScore } from "../generation/sample-token";
import type { StopReason } from "../generation/stopping";

/** One new token. */
export interface BatchTokenEvent {
  type: "token";
  /** The request number that `add` returned. */
  request: number;
  /** Which of the request's continuations, from 0. */
  sample: number;
  id: number;
  /** Tokens of this continuation so far, this one included. */
  count: number;
  /** Why the continuation ended with this token; undefined if it continues. */
  stopped: StopReason | undefined;
  /** Present if `logProbabilities` was requested. */
  score?: TokenScore | undefined;
}

/** Totals of a batch so far. */
export interface BatchCounts {
  /** Passes over the model that were asked for by `step`. */
  steps: number;
  /** Tokens of prompts that were read. */
  promptTokens: number;
  /** Tokens of prompts that were found in the cache of prefixes instead. */
  cachedTokens: number;
  /** Tokens that were generated. */
  newTokens: number;
}
