import type { AttentionOptions } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Cell } from "../cell";
import type { Heap } from "../cell-heap";
import { launch } from "../launch";
import {
  type AttentionSizes,
  ROW_INDICES,
  ROW_OF_VECTOR,
  vectorAt,
  vectorNumbers,
  visibility,
} from "./attention-parts";

/** A matrix [rows, keys] on the device, starting at an element. */
export interface Matrix {
  readonly cell: Cell;
  readonly offset: number;
}

/**
 * out[b, i, h] = scale · Σ over the keys j that query i sees of matrix[row, j] · x[b, j, key head of h], independent
 * of the vectors at other keys. Used for the output of attention and for the gradient of its queries.
 */
export function mixVectors(
  heap: Heap,
  out: View,
  matrix: Matrix,
  x: View,
  { queries, keys, heads, keyHeads }: AttentionSizes,
  scale: number,
  options: AttentionOptions,
): void {
  const seen = visibility(heap, options);
  launch(heap, out, {
    key: `mix vectors${seen.key}`,
    arrays: { matrix: matrix.cell, x: heap.cell(x), ...seen.arrays },
    numbers: {
      queries,
      keys,
      heads,
      keyHeads,
      width: out.shape[3] ?? 0,
      scale,
      matrixOffset: matrix.offset,
      ...vectorNumbers("x", x),
      ...seen.numbers,
    },
    body: `const vector = quotient(i, width);
    const lane = i - vector * width;
    ${ROW_OF_VECTOR}
    ${ROW_INDICES}
    for (let j = 0; j < keys; j++) {
      ${seen.code}
      if (visible > 0) {
        value = value + at(matrix, matrixOffset + row * keys + j) * at(x, ${vectorAt("x", "b", "j", "kh")} + lane);
      }
    }
    value = value * scale;`,
  });
}
