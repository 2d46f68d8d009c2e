import type { TokenScore } from "../generation/sample-token";

/** Why a text ended: `stop` by an end token or a stop string, `length` at the maximum number of tokens. */
export type FinishReason = "stop" | "length";

/** Tokens of a request. */
export interface TextUsage {
  promptTokens: number;
  /** New tokens of one continuation, with its end token and what is cut off at a stop string. */
  completionTokens: number;
}

/** A piece of new text. */
export interface TextPiece {
  type: "text";
  /** Which of the continuations, from 0. */
  sample: number;
  /** Empty only where a text ends and nothing was held back. */
  text: string;
  /** The tokens that are complete with this piece; without end tokens, and without those that reach into a stop string. */
  ids: readonly number[];
  /** Log-probabilities of these tokens, if `logProbabilities` asked for them. */
  scores?: readonly TokenScore[] | undefined;
  /** Present in the last piece of each continuation. */
  finishReason?: FinishReason | undefined;
  /** The stop string that ended the continuation; present in its last piece where one did. */
  stopString?: string | undefined;
  /** Present in the last piece of each continuation. */
  usage?: TextUsage | undefined;
}

/** The prompt with its log-probabilities; comes first, if `scorePrompt` asked for it. */
export interface PromptPiece {
  type: "prompt";
  text: string;
  ids: readonly number[];
  /** Null for the first token. */
  scores: readonly (TokenScore | null)[];
}
