import type { GemmShape } from "../../backend/kernels";
import type { Heap } from "../array-heap";
import type { OnHeap } from "../on-heap";

export const gemm: OnHeap["gemm"] = (heap, c, a, b, shape) => {
  const [blockA, blockB, blockC] = [heap.block(a), heap.block(b), heap.block(c)];
  for (let i = 0; i < shape.batch0; i++)
    for (let j = 0; j < shape.batch1; j++)
      product(
        blockC,
        c.offset + i * shape.cBatch0 + j * shape.cBatch1,
        blockA,
        a.offset + i * shape.aBatch0 + j * shape.aBatch1,
        blockB,
        b.offset + i * shape.bBatch0 + j * shape.bBatch1,
        shape,
      );
};

/** Adds each row of x·weightᵀ to the bias. */
export const linear: OnHeap["linear"] = (heap, out, x, weight, bias) => {
  const [m = 0, n = 0] = out.shape;
  const [c, start] = [heap.floats(out), heap.floats(bias)];
  for (let i = 0; i < m; i++) c.set(start, i * n);
  const [aRow, aCol] = x.strides as [number, number];
  const [bCol, bRow] = weight.strides as [number, number];
  product(c, 0, heap.block(x), x.offset, heap.block(weight), weight.offset, {
    m,
    n,
    k: weight.shape[1]!,
    aRow,
    aCol,
    bRow,
    bCol,
    cRow: n,
    accumulate: true,
  });
  return true;
};

type Product = Pick<
  GemmShape,
  "m" | "n" | "k" | "aRow" | "aCol" | "bRow" | "bCol" | "cRow" | "accumulate"
>;
type Floats = ReturnType<Heap["block"]>;

/** A single C = A·B (+ C). Each matrix is given by its block of memory and the index of its first element. */
export function product(
  c: Floats,
  c0: number,
  a: Floats,
  a0: number,
  b: Floats,
  b0: number,
  { m, n, k, aRow, aCol, bRow, bCol, cRow, accumulate }: Product,
): void {
  const sums = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    const row = c0 + i * cRow;
    for (let j = 0; j < n; j++) sums[j] = accumulate ? c[row + j]! : 0;
    for (let p = 0; p < k; p++) {
      const factor = a[a0 + i * aRow + p * aCol]!;
      for (let j = 0; j < n; j++) sums[j]! += factor * b[b0 + p * bRow + j * bCol]!;
    }
    for (let j = 0; j < n; j++) c[row + j] = sums[j]!;
  }
}
