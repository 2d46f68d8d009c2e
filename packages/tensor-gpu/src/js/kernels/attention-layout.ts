import type { AttentionOptions } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Heap } from "../array-heap";

/** Sizes of an attention, and where a query, key or value vector starts in its packed array. */
export interface AttentionLayout {
  batch: number;
  queries: number;
  keys: number;
  heads: number;
  d: number;
  dv: number;
  /** Index of vector (b, i, h) of q. */
  query(b: number, i: number, h: number): number;
  /** The same for out and dout, whose vectors have length dv. */
  output(b: number, i: number, h: number): number;
  /** Index of the key that query head h reads at position j. */
  key(b: number, j: number, h: number): number;
  value(b: number, j: number, h: number): number;
  /** Index of row (b, h, i) of lse, and of probs when multiplied by `keys`. */
  row(b: number, h: number, i: number): number;
  isVisible(b: number, i: number, j: number): boolean;
}

export function attentionLayout(
  heap: Heap,
  q: View,
  k: View,
  v: View,
  { causal, queryOffset, keyMask, segments }: AttentionOptions,
): AttentionLayout {
  const [batch = 0, queries = 0, heads = 0, d = 0] = q.shape;
  const [, keys = 0, keyHeads = 0] = k.shape;
  const dv = v.shape[3] ?? 0;
  const mask = keyMask && heap.ints(keyMask);
  const segment = segments ? heap.ints(segments) : null;
  const query = (b: number, i: number, h: number) => (b * queries + i) * heads + h;
  const key = (b: number, j: number, h: number) =>
    (b * keys + j) * keyHeads + Math.floor((h * keyHeads) / heads);
  return {
    batch,
    queries,
    keys,
    heads,
    d,
    dv,
    query: (b, i, h) => query(b, i, h) * d,
    output: (b, i, h) => query(b, i, h) * dv,
    key: (b, j, h) => key(b, j, h) * d,
    value: (b, j, h) => key(b, j, h) * dv,
    row: (b, h, i) => (b * heads + h) * queries + i,
    isVisible: (b, i, j) =>
      (!causal || j <= i + queryOffset) &&
      (mask === null || mask[b * keys + j] !== 0) &&
      (segment === null || segment[b * keys + j] === segment[(b + 1) * keys - queries + i]),
  };
}

type Floats = ArrayLike<number>;

/** Inner product of `n` numbers of a from index `i` and `n` numbers of b from index `j`. */
export function dot(a: Floats, i: number, b: Floats, j: number, n: number): number {
  let sum = 0;
  for (let p = 0; p < n; p++) sum += a[i + p]! * b[j + p]!;
  return sum;
}

/** to += factor · from, over `n` numbers. */
export function addTo(
  to: Float64Array,
  i: number,
  from: Floats,
  j: number,
  n: number,
  factor: number,
): void {
  for (let p = 0; p < n; p++) to[i + p]! += factor * from[j + p]!;
}
