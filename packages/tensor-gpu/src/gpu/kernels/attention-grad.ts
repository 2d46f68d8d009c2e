import type { AttentionOptions } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Cell } from "../cell";
import type { Heap } from "../cell-heap";
import { compute, launch } from "../launch";
import type { OnHeap } from "../on-heap";
import {
  type AttentionSizes,
  ROW_INDICES,
  scoreCell,
  sizesOf,
  vectorAt,
  vectorNumbers,
  visibility,
} from "./attention-parts";
import { type Matrix, mixVectors } from "./mix-vectors";
import { rowProducts } from "./softmax";

type Visibility = ReturnType<typeof visibility>;

/** Probabilities as stored, or recomputed from the scores and their log sums. The caller must release the cell. */
function probabilities(
  heap: Heap,
  probs: View | null,
  lse: View | null,
  q: View,
  k: View,
  sizes: AttentionSizes,
  options: AttentionOptions,
): Matrix {
  if (probs) return { cell: heap.device.retain(heap.cell(probs)), offset: probs.offset };
  const scores = scoreCell(heap, q, k, sizes, options);
  const { queries, keys, heads, keyHeads, rows } = sizes;
  const seen = visibility(heap, options);
  const cell = compute(heap, Math.max(1, rows * keys), {
    key: `probabilities from lse${seen.key}`,
    arrays: { scores, lse: heap.cell(lse!), ...seen.arrays },
    numbers: {
      queries,
      keys,
      heads,
      keyHeads,
      lseOffset: lse!.offset,
      lowest: Number.NEGATIVE_INFINITY,
      ...seen.numbers,
    },
    body: `const row = quotient(i, keys);
    const j = i - row * keys;
    ${ROW_INDICES}
    ${seen.code}
    const logSum = at(lse, lseOffset + row);
    if (logSum == lowest) { visible = 0; }
    if (visible > 0) { value = expOf(at(scores, i) - logSum); }`,
  });
  heap.device.release(scores);
  return { cell, offset: 0 };
}

/** dS = P ∘ (dout·vᵀ − delta), delta = rowsum(dout ∘ out); 0 where a key is hidden. */
function scoreGradients(
  heap: Heap,
  dout: View,
  out: View,
  probs: Matrix,
  v: View,
  { batch, queries, keys, heads, keyHeads, dv, rows }: AttentionSizes,
  seen: Visibility,
): Cell {
  const deltas = rowProducts(heap, dout, out, batch * queries * heads, dv);
  const cell = compute(heap, Math.max(1, rows * keys), {
    key: `score gradients${seen.key}`,
    arrays: { dout: heap.cell(dout), probs: probs.cell, deltas, v: heap.cell(v), ...seen.arrays },
    numbers: {
      queries,
      keys,
      heads,
      keyHeads,
      dv,
      doutOffset: dout.offset,
      probsOffset: probs.offset,
      ...vectorNumbers("v", v),
      ...seen.numbers,
    },
    body: `const row = quotient(i, keys);
    const j = i - row * keys;
    ${ROW_INDICES}
    ${seen.code}
    const vector = (b * queries + query) * heads + h;
    const fromV = ${vectorAt("v", "b", "j", "kh")};
    if (visible > 0) {
      for (let p = 0; p < dv; p++) { value = value + at(dout, doutOffset + vector * dv + p) * at(v, fromV + p); }
      value = at(probs, probsOffset + i) * (value - at(deltas, vector));
    }`,
  });
  heap.device.release(deltas);
  return cell;
}

/** Σ of matrix·x over the query heads that read key head kh and over the queries that see the key. */
function keyGradient(
  heap: Heap,
  out: View,
  matrix: Matrix,
  x: View,
  { queries, keys, heads, keyHeads }: AttentionSizes,
  scale: number,
  seen: Visibility,
): void {
  const width = out.shape[3] ?? 0;
  launch(heap, out, {
    key: `key gradient${seen.key}`,
    arrays: { matrix: matrix.cell, x: heap.cell(x), ...seen.arrays },
    numbers: {
      queries,
      keys,
      heads,
      keyHeads,
      width,
      scale,
      matrixOffset: matrix.offset,
      ...vectorNumbers("x", x),
      ...seen.numbers,
    },
    body: `const vector = quotient(i, width);
    const lane = i - vector * width;
    const token = quotient(vector, keyHeads);
    const kh = vector - token * keyHeads;
    const b = quotient(token, keys);
    const j = token - b * keys;
    for (let h = 0; h < heads; h++) {
      if (quotient(h * keyHeads, heads) == kh) {
        for (let query = 0; query < queries; query++) {
          ${seen.code}
          if (visible > 0) {
            const one = at(matrix, matrixOffset + ((b * heads + h) * queries + query) * keys + j);
            value = value + one * at(x, ${vectorAt("x", "b", "query", "h")} + lane);
          }
        }
      }
    }
    value = value * scale;`,
  });
}

/** @see Dao et al. 2022, "FlashAttention", appendix B.2 */
export const attentionGrad: OnHeap["attentionGrad"] = (
  heap,
  dq,
  dk,
  dv,
  dout,
  out,
  probs,
  lse,
  q,
  k,
  v,
  options,
) => {
  const sizes = sizesOf(q, k, v);
  const seen = visibility(heap, options);
  const matrix = probabilities(heap, probs, lse, q, k, sizes, options);
  const slopes =
    sizes.rows > 0
      ? scoreGradients(heap, dout, out, matrix, v, sizes, seen)
      : heap.device.retain(matrix.cell);
  keyGradient(heap, dv, matrix, dout, sizes, 1, seen);
  mixVectors(heap, dq, { cell: slopes, offset: 0 }, k, sizes, options.scale, options);
  keyGradient(heap, dk, { cell: slopes, offset: 0 }, q, sizes, options.scale, seen);
  heap.device.release(matrix.cell);
  heap.device.release(slopes);
};
