import type { GemmShape } from "../../backend/kernels";
import type { View } from "../../backend/view";
import { areFours, readingsOf } from "./load-block";

/** How the operands of c = a·b are read: a with its rows as lines, b with its columns. */
export function productReadings(c: View, a: View, b: View, shape: GemmShape) {
  const { m, n, k, aRow, aCol, bRow, bCol, aBatch0, aBatch1, bBatch0, bBatch1 } = shape;
  const canBeWide = areFours(c.offset, shape.cRow, shape.cBatch0, shape.cBatch1, n);
  return readingsOf(
    canBeWide,
    { line: aRow, k: aCol, others: [a.offset, aBatch0, aBatch1], lines: m, depth: k },
    { line: bCol, k: bRow, others: [b.offset, bBatch0, bBatch1], lines: n, depth: k },
  );
}

/** Numbers that tell where the elements of operands are. */
export const placeNumbers = (shape: GemmShape) => ({
  batch1: shape.batch1,
  left_line: shape.aRow,
  left_k: shape.aCol,
  left_outer: shape.aBatch0,
  left_inner: shape.aBatch1,
  right_line: shape.bCol,
  right_k: shape.bRow,
  right_outer: shape.bBatch0,
  right_inner: shape.bBatch1,
  out_line: shape.cRow,
  out_outer: shape.cBatch0,
  out_inner: shape.cBatch1,
});
