/** @file The interface between a scheme and the rest of the package. */
import type { ProxyLM } from "../proxy/proxy-lm";
import type { Spend } from "./work-budget";

/** Edits one row's logits in place. `start` is where the generated text begins in `ids`. */
export interface Embedder {
  edit(ids: ArrayLike<number>, start: number, logits: Float32Array): void;
  /** Fetches what `edit` needs for the same `ids` from an asynchronous proxy. */
  prepare?(ids: ArrayLike<number>, start: number): Promise<void>;
  /** Whether the proxy answers with promises; asks it once. */
  isAsync?(): boolean;
}

/** The positions of a text that a scheme can score. */
export interface Scored {
  /** Index of the token in the text, ascending. */
  readonly positions: readonly number[];
  /** Names what was drawn at random there; equal names are not independent. */
  readonly names: readonly string[];
  /**
   * In compatibility modes: 1 where the published detector leaves the position out, which may keep repeats that lie far
   * apart. Scores then follow it; p-values never count a repeat.
   */
  readonly isMasked?: Uint8Array;
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
  /** Value of the runner-up, where one was seen. */
  second: number;
  /** Tokens that spoke for `value`, and tokens that spoke at all. */
  hits: number;
  tokens: number;
  /** Lead of the best over the runner-up, in tokens. */
  margin: number;
  /** Posterior probability of `value` under equal priors, in [0, 1]. */
  confidence: number;
  /** Probability that the best of all values does as well on unmarked text. */
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
  /** RS: whether a code word was within reach, and which symbols were changed to get there. */
  ecc?: { isValid: boolean; corrected: number[] };
}

/** How a multi-bit scheme reads. */
export interface ReadOptions {
  /** Only these payloads are possible. */
  candidates?: readonly Uint8Array[];
  /** MPAC and RS: how many payloads to list. */
  listSize: number;
  /** CTWL: the picks lie in a window whose chunk is unknown. */
  isWindow: boolean;
  /** Told of work before it is done. */
  spend: Spend;
}

/** A scheme bound to one key. `picks` are indices into `scored`. */
export interface Scheme<S extends Scored = Scored> {
  readonly messageBits: number;
  /** Tokens at the start of a text that cannot be scored. */
  readonly unscoredTokens: number;
  embedder(payload?: Uint8Array): Embedder;
  score(ids: ArrayLike<number>, spend?: Spend): S;
  test(scored: S, picks: readonly number[], options: ReadOptions): SchemeTest;
  read?(scored: S, picks: readonly number[], options: ReadOptions): SchemeReading;
  /**
   * Reads each part of the payload where it is strongest, for pasted pieces. The first entry is the
   * whole text, whose parts lie where the layout says; in the others any part may lie anywhere.
   */
  readWindows?(
    scored: S,
    windows: readonly { tested: readonly number[]; all: readonly number[] }[],
    options: ReadOptions,
  ): SchemeReading;
  /** Fetches proxy distributions for all positions of a text. */
  prepare?(ids: ArrayLike<number>): Promise<void>;
}

/** What some schemes need beside profile and key. */
export interface SchemeResources {
  proxy?: ProxyLM;
  frequencies?: ArrayLike<number>;
}
