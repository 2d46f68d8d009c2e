import type { GemmShape } from "../../backend/kernels";

/** The shape of x·weightᵀ: x [m, k], weight [n, k] and the result [m, n] contiguous. */
export const weightProduct = (m: number, n: number, k: number): GemmShape => ({
  m,
  n,
  k,
  batch0: 1,
  batch1: 1,
  aRow: k,
  aCol: 1,
  aBatch0: 0,
  aBatch1: 0,
  bRow: 1,
  bCol: k,
  bBatch0: 0,
  bBatch1: 0,
  cRow: n,
  cBatch0: 0,
  cBatch1: 0,
  accumulate: false,
});
