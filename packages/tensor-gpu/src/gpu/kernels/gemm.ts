import type { GemmShape } from "../../backend/kernels";
import type { View } from "../../backend/view";
import { launch } from "../launch";
import type { OnHeap } from "../on-heap";
import { packedGemm } from "./packed-gemm";

/** Describes the two batch axes, rows and columns of C as one view with four axes. */
const resultView = (
  c: View,
  { m, n, batch0, batch1, cBatch0, cBatch1, cRow }: GemmShape,
): View => ({
  ...c,
  shape: [batch0, batch1, m, n],
  strides: [cBatch0, cBatch1, cRow, 1],
  size: batch0 * batch1 * m * n,
});

export const gemm: OnHeap["gemm"] = (heap, c, a, b, shape) => {
  if (packedGemm(heap, c, a, b, shape)) return;
  const { m, n, k, batch1, aRow, aCol, aBatch0, aBatch1, bRow, bCol, bBatch0, bBatch1 } = shape;
  const { accumulate, cRow, cBatch0, cBatch1 } = shape;
  const old = accumulate ? { c: heap.cell(c) } : {};
  launch(heap, resultView(c, shape), {
    key: accumulate ? "gemm onto" : "gemm",
    arrays: { a: heap.cell(a), b: heap.cell(b), ...old },
    numbers: {
      m,
      n,
      k,
      batch1,
      aOffset: a.offset,
      bOffset: b.offset,
      aRow,
      aCol,
      aBatch0,
      aBatch1,
      bRow,
      bCol,
      bBatch0,
      bBatch1,
      ...(accumulate ? { cOffset: c.offset, cRow, cBatch0, cBatch1 } : {}),
    },
    body: `const line = quotient(i, n);
    const column = i - line * n;
    const pair = quotient(line, m);
    const row = line - pair * m;
    const outer = quotient(pair, batch1);
    const inner = pair - outer * batch1;
    const fromA = aOffset + outer * aBatch0 + inner * aBatch1 + row * aRow;
    const fromB = bOffset + outer * bBatch0 + inner * bBatch1 + column * bCol;
    for (let p = 0; p < k; p++) { value = value + at(a, fromA + p * aCol) * at(b, fromB + p * bRow); }
    ${accumulate ? "value = value + at(c, cOffset + outer * cBatch0 + inner * cBatch1 + row * cRow + column);" : ""}`,
  });
};
