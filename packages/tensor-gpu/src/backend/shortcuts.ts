import type { ConvShape } from "./kernels";
import type { View } from "./view";

/** Keys and values of many sequences in pages, and the positions of a batch's rows in them. */
export interface Pages {
  /** [pages, keyHeads, pageTokens, d]; pageTokens is a multiple of 4. */
  keys: View;
  /** [pages, keyHeads, pageTokens, dv]; null: a value is the first part of its key. */
  values: View | null;
  /** int32 [rows, 2]: the row of `table` of its sequence, and its position in the sequence. */
  rows: View;
  /** int32 [sequences, most pages]: the pages of each sequence in order. */
  table: View;
}

export interface PagedAttention {
  /** Above 0. */
  scale: number;
  /** How many keys up to its own a query sees; 0: all. */
  window: number;
  /** Scores are cap · tanh(score / cap); 0: as they are. */
  cap: number;
}

/** Tables of the rotary embedding; null without one. */
export interface Rotation {
  /** Shape [positions, at most d/2]. Narrower tables rotate only the last part of a head. */
  cos: View;
  sin: View;
  interleaved: boolean;
}

/**
 * Operations that a backend may fuse, where operators are otherwise composed of kernels. All are optional. Views are
 * as in `Kernels`; false means that the outputs were not computed, and the operator composes them from kernels.
 */
export interface Shortcuts {
  /** out [rows, n] = x·weightᵀ, each row plus bias [n]. x [rows, k] and weight [n, k] of any strides, bias contiguous. */
  linear(out: View, x: View, weight: View, bias: View): boolean;
  /**
   * Dense convolution. out [batch, outChannels, outH, outW], weight [outChannels, channels, kh, kw]. Here and in the
   * weight's gradient the zeros of the padding are multiplied like any number: 0 · NaN is NaN.
   */
  conv(out: View, x: View, weight: View, shape: ConvShape): boolean;
  convGradInput(dx: View, dy: View, weight: View, shape: ConvShape): boolean;
  convGradWeight(dweight: View, dy: View, x: View, shape: ConvShape): boolean;
  /**
   * Normalises each channel of x [batch, channels, …] over everything else, then scales and shifts by weight and bias
   * [channels]. stats [2, channels]: means and variances (over the number of places).
   */
  batchNorm(
    out: View,
    stats: View,
    x: View,
    weight: View | null,
    bias: View | null,
    eps: number,
  ): boolean;
  /** Any of dx, dweight and dbias may be null. */
  batchNormGrad(
    dx: View | null,
    dweight: View | null,
    dbias: View | null,
    dy: View,
    x: View,
    weight: View | null,
    stats: View,
    eps: number,
  ): boolean;
}

/** Fused operations of backends that have kernels for them. */
export interface PageShortcuts {
  /** outs[i] [m, n_i] = or += x [m, k]·weights[i]ᵀ, of one to three weights [n_i, k]; all contiguous. */
  linears(outs: readonly View[], x: View, weights: readonly View[], accumulate: boolean): boolean;
  /**
   * ids[i] = the row of weight [n, k] whose product with row i of x [m, k] is the largest, the first of equals; top[i] = that
   * product, NaN if any is. All contiguous.
   */
  largest(ids: View, top: View, x: View, weight: View): boolean;
  /** Whether each row's sequence is in the table, its position is below `positions`, and each page of the table is there. */
  placesFit(pages: Pages, positions: number): boolean;
  /** out [rows, heads, dv] = attention of q [rows, heads, d], each row over the keys of its sequence up to its position. */
  attendPages(out: View, q: View, pages: Pages, options: PagedAttention): boolean;
  /**
   * Rotates q [rows, heads, d] (or null) and k [rows, keyHeads, d] in place by the rows' positions, and copies k and v
   * [rows, keyHeads, dv] to their places.
   */
  storePages(
    q: View | null,
    k: View,
    v: View | null,
    pages: Pages,
    rotation: Rotation | null,
  ): boolean;
}
