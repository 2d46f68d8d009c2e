/**
 * @file The closed list of kernels that a backend implements. Unless a comment says otherwise, views are
 * contiguous float32 and outputs never overlap inputs, except that an elementwise kernel may write over an input of
 * equal layout. Shapes were checked by the caller. Zero-size views are legal everywhere and do nothing. NaN and
 * infinities propagate as in IEEE 754; where f(x) or f′(x) has a limit at ±∞, that is its value there.
 * `[outer, n, inner]` means: the contiguous input viewed as three axes; the kernel works along the middle one.
 */

import type {
  AdamWOptions,
  ArithmeticOp,
  AttentionOptions,
  CompareOp,
  ConvShape,
  GemmShape,
  OptimizerSlot,
  RandomKind,
  ReduceOp,
  UnaryOp,
} from "./kernel-options";
import type { View } from "./view";

export type * from "./kernel-options";

export interface Kernels {
  // --- memory
  /** Any dtype. */
  fill(out: View, value: number): void;
  /** Same shape, any strides on both sides (0 repeats), any dtypes: float32→int32 truncates, →bool is x ≠ 0. */
  copy(out: View, x: View): void;

  // --- elementwise
  /** float32; neg, abs, sign and square also int32. */
  unary(op: UnaryOp, out: View, x: View, parameter: number): void;
  /** dx = dy · f′(x); `y` = f(x) is given as well. 0 for any dy where f′ is 0 everywhere (sign, floor, ceil, round). */
  unaryGrad(op: UnaryOp, dx: View, dy: View, x: View, y: View, parameter: number): void;
  /** `a` and `b` have out's shape with any strides (0 broadcasts); all float32 or all int32. `out` contiguous. */
  arithmetic(op: ArithmeticOp, out: View, a: View, b: View): void;
  /** As arithmetic, but `out` is bool; inputs float32, int32 or bool of one dtype. */
  compare(op: CompareOp, out: View, a: View, b: View): void;
  /** out = condition ≠ 0 ? a : b, broadcasting by strides as in arithmetic; any one dtype for a, b, out. */
  where(out: View, condition: View, a: View, b: View): void;
  /** out += scale · x, elementwise in place. */
  addScaled(out: View, x: View, scale: number): void;
  /** out = silu(gate) · up, all [rows, n]. gate, up: unit column stride and any row stride. */
  swiglu(out: View, gate: View, up: View): void;
  /** dgate, dup: as gate and up (any row stride). dy: [rows, n]. */
  swigluGrad(dgate: View, dup: View, dy: View, gate: View, up: View): void;
  /** Inverted dropout from the counter-based generator: element i is kept iff uniform(seed, offset + i) ≥ p. */
  dropout(out: View, x: View, p: number, seed: number, offset: number): void;
  /**
   * Philox 4x32-10, key (seed low word, seed high word), counter word 0/1 = block index (offset + i) >> 2 as a 53-bit
   * integer, lane (offset + i) & 3. uniform: a + (b − a)·(word >>> 8)·2⁻²⁴; bernoulli: uniform01 < a, as 0/1 (out of any
   * dtype); normal (mean a, deviation b): Box–Muller on lanes (0,1) and (2,3), u1 = ((word >>> 8) + 1)·2⁻²⁴.
   */
  random(kind: RandomKind, out: View, seed: number, offset: number, a: number, b: number): void;

  // --- reductions and scans
  /** out: [outer, inner]. float32, and int32 for sum, max, min, prod. NaN propagates through max and min. */
  reduce(op: ReduceOp, out: View, x: View, outer: number, n: number, inner: number): void;
  /**
   * out: [outer, inner] int32, the first of equals, or of the NaN where there are any. Returns whether x holds a NaN;
   * undefined on a backend that cannot answer synchronously.
   */
  argReduce(
    op: "max" | "min",
    out: View,
    x: View,
    outer: number,
    n: number,
    inner: number,
  ): boolean | undefined;
  /** Inclusive prefix sums, from the end when `reverse`. float32 or int32. */
  cumsum(out: View, x: View, outer: number, n: number, inner: number, reverse: boolean): void;
  /**
   * The first `k` of each row in order: values [rows, k], indices [rows, k] int32. Ties: lower index first. NaN counts
   * as the largest. Returns whether x holds a NaN, as `argReduce` does.
   */
  sort(
    values: View,
    indices: View,
    x: View,
    rows: number,
    n: number,
    k: number,
    descending: boolean,
  ): boolean | undefined;

  // --- matrix products
  gemm(c: View, a: View, b: View, shape: GemmShape): void;
  /**
   * One product per group of rows; group g owns rows offsets[g] … offsets[g+1]−1 (offsets: int32 [groups+1]).
   * nt: c[rows, n] = a[rows, k]·b[g]ᵀ, b [groups, n, k].   nn: c[rows, k] = a[rows, n]·b[g].
   */
  groupedGemm(mode: "nt" | "nn", c: View, a: View, b: View, offsets: View): void;
  /** c[j] (n×k) = a[rows of g]ᵀ·b[rows of g] for g = groups[j]; a [rows, n], b [rows, k]; groups int32, null = all. */
  groupedGemmWeight(c: View, a: View, b: View, offsets: View, groups: View | null): void;

  // --- rows: softmax, losses, norms. x is [rows, n].
  softmax(out: View, x: View, rows: number, n: number): void;
  softmaxGrad(dx: View, dy: View, y: View, rows: number, n: number): void;
  logSoftmax(out: View, x: View, rows: number, n: number): void;
  logSoftmaxGrad(dx: View, dy: View, y: View, rows: number, n: number): void;
  logSumExp(out: View, x: View, rows: number, n: number): void;
  /** losses, lse: [rows]. A row whose target is `ignoreIndex` has loss 0. loss = lse − (1−s)·x[t] − s·mean(x). */
  crossEntropy(
    losses: View,
    lse: View,
    logits: View,
    targets: View,
    ignoreIndex: number,
    smoothing: number,
  ): void;
  /** dlogits = scale[row] · (softmax − (1−s)·onehot − s/n), 0 in ignored rows. */
  crossEntropyGrad(
    dlogits: View,
    logits: View,
    lse: View,
    targets: View,
    scale: View,
    ignoreIndex: number,
    smoothing: number,
  ): void;
  /** stats: [rows, 2] mean and 1/deviation. weight, bias: [n] or null. */
  layerNorm(
    out: View,
    stats: View,
    x: View,
    weight: View | null,
    bias: View | null,
    eps: number,
  ): void;
  layerNormGrad(dx: View, dy: View, x: View, weight: View | null, stats: View): void;
  /** dweight, dbias: [n], either may be null. */
  layerNormParamGrad(
    dweight: View | null,
    dbias: View | null,
    dy: View,
    x: View,
    stats: View,
  ): void;
  /** stats: [rows] 1/rms. */
  rmsNorm(out: View, stats: View, x: View, weight: View | null, eps: number): void;
  rmsNormGrad(dx: View, dy: View, x: View, weight: View | null, stats: View): void;
  rmsNormParamGrad(dweight: View, dy: View, x: View, stats: View): void;

  // --- attention
  /**
   * x, out: [batch, seq, heads, d], unit last stride, any others. positions: int32 [batch·seq]. cos, sin: [positions, d/2].
   * Pair i is (2i, 2i+1) when `interleaved`, else (i, i + d/2); `inverse` rotates back (the gradient).
   */
  rope(
    out: View,
    x: View,
    cos: View,
    sin: View,
    positions: View,
    interleaved: boolean,
    inverse: boolean,
  ): void;
  /**
   * q [B, Tq, H, d], k [B, Tk, Hkv, d], v [B, Tk, Hkv, dv], unit last stride, any others; query head h reads key head
   * floor(h·Hkv/H). out [B, Tq, H, dv]. Fills whichever of probs [B, H, Tq, Tk] and lse [B, H, Tq] is not null.
   * Hidden keys have probability 0, also where a visible score is NaN and the rest of the row therefore too. Whether
   * NaN or ∞ in a key or value reaches queries that do not see it (as 0 · NaN) is unspecified.
   */
  attention(
    out: View,
    probs: View | null,
    lse: View | null,
    q: View,
    k: View,
    v: View,
    options: AttentionOptions,
  ): void;
  /** dq, dk, dv: contiguous, shapes of q, k, v, overwritten. Uses probs where given, else recomputes from lse. */
  attentionGrad(
    dq: View,
    dk: View,
    dv: View,
    dout: View,
    out: View,
    probs: View | null,
    lse: View | null,
    q: View,
    k: View,
    v: View,
    options: AttentionOptions,
  ): void;

  // --- gather and scatter
  /** Position of the first index outside [0, limit), or −1. int32. Synchronous on every backend that can read. */
  firstOutOfRange(index: View, limit: number): number;
  /** out[i] = table[index[i]]; table [n, d], any dtype. */
  gatherRows(out: View, table: View, index: View): void;
  /** out[index[i]] += x[i], in order of i; out [n, d]. */
  scatterAddRows(out: View, index: View, x: View): void;
  /** out[o, i, r] = x[o, index[o, i, r], r]; x [outer, n, inner], index and out [outer, m, inner]. Any dtype. */
  gather(out: View, x: View, index: View, outer: number, n: number, m: number, inner: number): void;
  /** out[o, index[o, i, r], r] (= or +=) x[o, i, r], in order of i; out [outer, n, inner]. */
  scatter(
    out: View,
    index: View,
    x: View,
    outer: number,
    n: number,
    m: number,
    inner: number,
    add: boolean,
  ): void;

  // --- graphs, compressed sparse rows: segment s owns entries offsets[s] … offsets[s+1]−1
  /** out[s] = Σ, mean or max over its entries e of weights[e]·x[indices[e]]; x [rows, d]; indices null = e, weights null = 1. */
  segmentReduce(
    op: "sum" | "mean" | "max",
    out: View,
    x: View,
    offsets: View,
    indices: View | null,
    weights: View | null,
  ): void;
  /** argmax rows for the max's gradient: int32 [segments, d], −1 for an empty segment. */
  segmentArgMax(out: View, x: View, offsets: View, indices: View | null): void;
  /** out[e] = ⟨dy[segment of e], x[indices[e]]⟩. */
  segmentDot(out: View, dy: View, x: View, offsets: View, indices: View | null): void;
  /** Softmax over each segment's entries, x [entries, heads]. */
  segmentSoftmax(out: View, x: View, offsets: View): void;
  segmentSoftmaxGrad(dx: View, dy: View, y: View, offsets: View): void;

  // --- mixture of experts: slot t·k + j is choice j of token t
  /**
   * Stable counting sort of slots by group id. order [slots]: slot of each sorted place (−1 past the last kept one);
   * inverse [slots]: place of each slot, −1 where its id is −1 (dropped); offsets [groups+1]. All int32.
   */
  countingSort(order: View, inverse: View, offsets: View, ids: View, groups: number): void;
  /** out[p] = (weights ? weights[order[p]] : 1) · x[⌊order[p]/k⌋]; zeros where order[p] is −1. */
  expandRows(out: View, x: View, order: View, k: number, weights: View | null): void;
  /** out[t] = Σ_j (weights ? weights[t, j] : 1) · x[inverse[t, j]], skipping −1. */
  combineRows(out: View, x: View, inverse: View, weights: View | null): void;
  /** out[t, j] = ⟨dy[t], x[inverse[t, j]]⟩, 0 where −1. */
  rowDots(out: View, dy: View, x: View, inverse: View): void;

  // --- images, NCHW
  /** out: [batch, channels·kh·kw, outH·outW]. */
  im2col(out: View, x: View, shape: ConvShape): void;
  /** dx: [batch, channels, height, width], overwritten by the sum of the columns' gradients. */
  col2im(dx: View, columns: View, shape: ConvShape): void;
  /** weight [channels, kh, kw]. */
  depthwiseConv(out: View, x: View, weight: View, shape: ConvShape): void;
  depthwiseConvGrad(
    dx: View | null,
    dweight: View | null,
    dy: View,
    x: View,
    weight: View,
    shape: ConvShape,
  ): void;
  /** argmax: int32, position y·width + x inside the input plane. Padding never wins. */
  maxPool(out: View, argmax: View, x: View, shape: ConvShape): void;
  maxPoolGrad(dx: View, dy: View, argmax: View, shape: ConvShape): void;
  /** Padding counts in the divisor when `countPad`. */
  avgPool(out: View, x: View, shape: ConvShape, countPad: boolean): void;
  avgPoolGrad(dx: View, dy: View, shape: ConvShape, countPad: boolean): void;

  // --- optimisers
  /** out[i] = Σ x_i², one per view, summed in a fixed order. */
  squaredNorms(out: View, views: readonly View[]): void;
  /**
   * Decoupled weight decay, then Adam, all slots in one pass; m and v are flat, slot after slot.
   * `gradScale` ([1] or null) multiplies every gradient first.
   */
  adamw(
    slots: readonly OptimizerSlot[],
    m: View,
    v: View,
    gradScale: View | null,
    options: AdamWOptions,
  ): void;
  /** PyTorch's SGD: g += decay·p; buffer = momentum·buffer + (1−dampening)·g (first step: g); nesterov: g + momentum·buffer. */
  sgd(
    slots: readonly OptimizerSlot[],
    buffer: View | null,
    gradScale: View | null,
    options: {
      lr: number;
      momentum: number;
      dampening: number;
      nesterov: boolean;
      firstStep: boolean;
    },
  ): void;
}
