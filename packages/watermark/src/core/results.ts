/** @file What detection, decoding and explanation return. */

import type { PayloadCandidate, SymbolReading } from "./scheme";

/**
 * Token ids (bigints too, as in the tensors of transformers.js), or text together with the tokenizer given to
 * `createWatermark`.
 */
export type TextInput = ArrayLike<number> | ArrayLike<bigint> | string;

/** Positions from `start` up to, not including, `end`. */
export interface Window {
  start: number;
  end: number;
}

/** Options of `detect` and `explain`. */
export interface DetectOptions {
  /** Largest p-value that counts as detected, in (0, 1). Default 1e-3. */
  alpha?: number | undefined;
  /** Number of prompt tokens at the start to leave out, so that only the continuation is tested. Default 0. */
  promptLength?: number | undefined;
  /** Count each repeated (context, token) pair once. Default true; false makes p-values too small. */
  ignoreRepeated?: boolean | undefined;
  /**
   * Also try windows of these sizes, each moved by a quarter of its size (or `stride`). The p-value
   * is multiplied by the number of windows tried.
   */
  windows?: { sizes: readonly number[]; stride?: number | undefined } | undefined;
  /** The only possible payloads. */
  candidates?: readonly ArrayLike<number>[] | undefined;
  /**
   * Maximum number of steps, of a few nanoseconds each, after which the call fails. A token of CTWL costs
   * 2^message_code_len, one of Balance-Marking random_permutation_num times the vocabulary. Default 8e8; `Infinity`
   * never gives up.
   */
  workLimit?: number | undefined;
}

/** Options of `decode`. */
export interface DecodeOptions extends DetectOptions {
  /** MPAC and RS: payloads to list, at most 4096. Default 16. */
  listSize?: number | undefined;
}

/** The result of a presence test. Never NaN. */
export interface Detection {
  /** `insufficient` when no token could be scored. */
  verdict: "found" | "not-found" | "insufficient";
  /** Probability of such evidence, or stronger, on unmarked text, over all windows and keys tried. */
  pValue: number;
  /** Standardised score of the best window and key. */
  z: number;
  /**
   * Whether `z` is a standard normal on unmarked text: the scheme's score is a sum over tokens for one hypothesis, and one window
   * and one key were tried. Otherwise it is the best of many, or skewed, and only `pValue` says what it means.
   */
  isNormal: boolean;
  /** ½ erfc(z/√2) of that window and key alone: the normal approximation. */
  normalTail: number;
  /** Tokens scored there, without repeats. */
  scored: number;
  /** Sum of the observations there, and its expected value on unmarked text. */
  score: number;
  expected: number;
  alpha: number;
  /** Number of tokens before the first one that can be scored, plus one. */
  tokensNeeded: number;
  keyId: string | undefined;
  window: Window;
  windowsTried: number;
  keysTried: number;
}

/** The result of decoding: always a payload, and the presence test that shows whether to trust it. */
export interface Decoding extends Detection {
  /** Shape [message_bits], zeros and ones. */
  bits: Uint8Array;
  /** Posterior probability that each bit is right, shape [message_bits], in [0.5, 1]. */
  bitConfidence: Float64Array;
  /** 1 where no token gave evidence for a bit. */
  erasedBits: Uint8Array;
  symbols: SymbolReading[];
  /** Best payloads first; the first is `bits`. */
  candidates: PayloadCandidate[];
  /** RS: whether a code word was within the correction radius, and which symbols were corrected. */
  ecc?: { isValid: boolean; corrected: number[] } | undefined;
}

/** Evidence of one token, for display. */
export interface TokenEvidence {
  position: number;
  token: number;
  /** False for tokens without context, and for repeats when those are ignored. */
  isScored: boolean;
  /** The observation (1 = green for list schemes) with its mean on unmarked text. */
  value: number;
  mean: number;
  /** (value − mean)/sd; 0 where not scored. */
  evidence: number;
}

/** Per-token evidence, and the strongest stretch of any length. */
export interface Explanation {
  detection: Detection;
  tokens: TokenEvidence[];
  /**
   * The window with the largest z of all windows with at least 16 scored tokens (WinMax). Its z is a maximum over
   * many windows, from which no p-value follows: calibrate it on your texts.
   */
  winMax: { z: number; window: Window } | undefined;
}
