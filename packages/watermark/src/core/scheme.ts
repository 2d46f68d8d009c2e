/** @file The interface between a scheme and the rest of the package. */
import type { ProxyLM } from "../proxy/proxy-lm";
import type { Spend } from "./work-budget";

/** Edits one row's logits in place. `start` is where the generated text begins in `ids`. */
export interface Embedder {
  edit(ids: ArrayLike<number>, start: number, logits: Float32Array): void;
  /** Fetches what `edit` needs for the same `ids` from an asynchronous proxy. */
  prepare?(ids: ArrayLike<number>, start: number): Promise<void>;
  /** Whether the proxy returns promises; calls it once. */
  isAsync?(): boolean;
}

/** The positions of a text that a scheme can score. */
export interface Scored {
  /** Index of the token in the text, ascending. */
  readonly positions: readonly number[];
  /** Identifies the random draw at this position; positions with equal names are not independent. */
  readonly names: readonly string[];
  /**
   * In compatibility modes: 1 where the published detector leaves the position out, which may keep repeats that are
   * far apart. Scores then follow that detector; p-values never count a repeat.
   */
  readonly isMasked?: Uint8Array | undefined;
}

/** Evidence of one position: an observation with its mean and variance on unmarked text. */
export interface Mark {
  value: number;
  mean: number;
  variance: number;
}

/** One hypothesis test: unmarked text against text marked with this key. */
export interface SchemeTest {
  /** Distribution of the p-value on unmarked text: uniform, or at most uniform for counts. */
  pValue: number;
  marks: Mark[];
}

/** One decoded unit: a chunk (CTWL), digit (MPAC) or code symbol (RS). */
export interface SymbolReading {
  value: number;
  /** Value of the runner-up, if one was seen. */
  second: number;
  /** Tokens with evidence for `value`, and tokens with any evidence. */
  hits: number;
  tokens: number;
  /** Lead of the best over the runner-up, in tokens. */
  margin: number;
  /** Posterior probability of `value` under equal priors, in [0, 1]. */
  confidence: number;
  /** Probability that the best of all values scores as high on unmarked text. */
  pAny: number;
  isErased: boolean;
}

/** A payload with its score; higher is better. */
export interface PayloadCandidate {
  bits: Uint8Array;
  score: number;
}

/** A multi-bit reading of scored positions. */
export interface SchemeReading {
  bits: Uint8Array;
  /** Posterior probability of each bit, in [0.5, 1]. */
  bitConfidence: Float64Array;
  /** 1 where nothing was read. */
  erasedBits: Uint8Array;
  symbols: SymbolReading[];
  candidates: PayloadCandidate[];
  /** RS: whether a code word was within the correction radius, and which symbols were corrected. */
  ecc?: { isValid: boolean; corrected: number[] } | undefined;
}

/** Options for reading a multi-bit scheme. */
export interface ReadOptions {
  /** The only possible payloads. */
  candidates?: readonly Uint8Array[] | undefined;
  /** MPAC and RS: how many payloads to list. */
  listSize: number;
  /** CTWL: the picks are in a window whose chunk is unknown. */
  isWindow: boolean;
  /** Called before work is done, with its amount. */
  spend: Spend;
}

/** A scheme bound to one key. `picks` are indices into `scored`. */
export interface Scheme<S extends Scored = Scored> {
  readonly messageBits: number;
  /** Whether the standardised score of unmarked text is a standard normal: a sum over tokens for one hypothesis. */
  readonly hasNormalScore: boolean;
  /** Tokens at the start of a text that cannot be scored. */
  readonly unscoredTokens: number;
  embedder(payload?: Uint8Array): Embedder;
  score(ids: ArrayLike<number>, spend?: Spend): S;
  test(scored: S, picks: readonly number[], options: ReadOptions): SchemeTest;
  read?(scored: S, picks: readonly number[], options: ReadOptions): SchemeReading;
  /**
   * Reads each part of the payload where it is strongest, for pasted pieces. The first entry is the whole text, whose
   * parts are where the layout puts them; in the others any part may be anywhere.
   */
  readWindows?(
    scored: S,
    windows: readonly { tested: readonly number[]; all: readonly number[] }[],
    options: ReadOptions,
  ): SchemeReading;
  /** Fetches proxy distributions for all positions of a text. */
  prepare?(ids: ArrayLike<number>): Promise<void>;
}

/** Inputs that some schemes need in addition to profile and key. */
export interface SchemeResources {
  proxy?: ProxyLM | undefined;
  frequencies?: ArrayLike<number> | undefined;
}
