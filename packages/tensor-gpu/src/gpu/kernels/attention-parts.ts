/** @file Shared parts of attention and its gradient: sizes, indices of vectors, the matrix of scores. */

import type { AttentionOptions } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Cell } from "../cell";
import type { Heap } from "../cell-heap";
import { compute } from "../launch";

export interface AttentionSizes {
  readonly batch: number;
  readonly queries: number;
  readonly keys: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly d: number;
  readonly dv: number;
  /** Rows of the score matrices, batch·heads·queries. */
  readonly rows: number;
}

export function sizesOf(q: View, k: View, v: View): AttentionSizes {
  const [batch = 0, queries = 0, heads = 0, d = 0] = q.shape;
  const [, keys = 0, keyHeads = 0] = k.shape;
  return {
    batch,
    queries,
    keys,
    heads,
    keyHeads,
    d,
    dv: v.shape[3] ?? 0,
    rows: batch * heads * queries,
  };
}

/** Offset and strides of a [batch, seq, heads, d] view, as numbers `…Offset`, `…Batch`, `…Token`, `…Head`. */
export function vectorNumbers(name: string, { offset, strides }: View): Record<string, number> {
  return {
    [`${name}Offset`]: offset,
    [`${name}Batch`]: strides[0]!,
    [`${name}Token`]: strides[1]!,
    [`${name}Head`]: strides[2]!,
  };
}

/** Start of vector (b, token, head) of the view with this name. */
export const vectorAt = (name: string, b: string, token: string, head: string) =>
  `${name}Offset + ${b} * ${name}Batch + ${token} * ${name}Token + ${head} * ${name}Head`;

/** `b`, `h` and `q` of a row of the score matrices; `kh`, the key head that it reads. */
export const ROW_INDICES = `const pair = quotient(row, queries);
    const query = row - pair * queries;
    const b = quotient(pair, heads);
    const h = pair - b * heads;
    const kh = quotient(h * keyHeads, heads);`;

/** `row` of the score matrices for vector number `vector` of a [batch, queries, heads] order. */
export const ROW_OF_VECTOR = `const token = quotient(vector, heads);
    const sample = quotient(token, queries);
    const row = (sample * heads + vector - token * heads) * queries + token - sample * queries;`;

const OTHER_SEGMENT = `const ownSegment = at(segments, segmentOffset + (b + 1) * keys - queries + query);
    if (at(segments, segmentOffset + b * keys + j) != ownSegment) { visible = 0; }`;

/** Which keys a query sees: code that sets `visible` from b, query and j. */
export function visibility(
  heap: Heap,
  { causal, queryOffset, keyMask, segments }: AttentionOptions,
) {
  const arrays: Record<string, Cell> = {
    ...(keyMask && { mask: heap.cell(keyMask) }),
    ...(segments && { segments: heap.cell(segments) }),
  };
  const numbers: Record<string, number> = {
    ...(causal ? { queryOffset } : {}),
    ...(keyMask ? { maskOffset: keyMask.offset } : {}),
    ...(segments ? { segmentOffset: segments.offset } : {}),
  };
  return {
    key: `${causal ? " causal" : ""}${keyMask ? " masked" : ""}${segments ? " segmented" : ""}`,
    arrays,
    numbers,
    code: `let visible = 1;
    ${causal ? "if (j > query + queryOffset) { visible = 0; }" : ""}
    ${keyMask ? "if (at(mask, maskOffset + b * keys + j) == 0) { visible = 0; }" : ""}
    ${segments ? OTHER_SEGMENT : ""}`,
  };
}

/** Scaled scores [rows, keys], −∞ where a key is hidden. The caller must release them. */
export function scoreCell(
  heap: Heap,
  q: View,
  k: View,
  { queries, keys, heads, keyHeads, d, rows }: AttentionSizes,
  options: AttentionOptions,
): Cell {
  const seen = visibility(heap, options);
  return compute(heap, Math.max(1, rows * keys), {
    key: `scores${seen.key}`,
    arrays: { q: heap.cell(q), k: heap.cell(k), ...seen.arrays },
    numbers: {
      queries,
      keys,
      heads,
      keyHeads,
      d,
      scale: options.scale,
      hidden: Number.NEGATIVE_INFINITY,
      ...seen.numbers,
      ...vectorNumbers("q", q),
      ...vectorNumbers("k", k),
    },
    body: `const row = quotient(i, keys);
    const j = i - row * keys;
    ${ROW_INDICES}
    const fromQ = ${vectorAt("q", "b", "query", "h")};
    const fromK = ${vectorAt("k", "b", "j", "kh")};
    for (let p = 0; p < d; p++) { value = value + at(q, fromQ + p) * at(k, fromK + p); }
    value = value * scale;
    ${seen.code}
    if (visible < 1) { value = hidden; }`,
  });
}
