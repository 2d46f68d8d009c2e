import { expect, it } from "vitest";
import type { GemmShape } from "../../../../src/backend/kernels";
import type { Bench } from "./bench";

/** [2, 3] times [3, 2]. */
const SHAPE: GemmShape = {
  m: 2,
  n: 2,
  k: 3,
  batch0: 1,
  batch1: 1,
  aRow: 3,
  aCol: 1,
  aBatch0: 0,
  aBatch1: 0,
  bRow: 2,
  bCol: 1,
  bBatch0: 0,
  bBatch1: 0,
  cRow: 2,
  cBatch0: 0,
  cBatch1: 0,
  accumulate: false,
};

export function matrixFacts({ kernels, floats, ints, empty, read }: Bench): void {
  it("gemm of a 2×3 and a 3×2 matrix, both also stored the other way round", async () => {
    const c = empty([2, 2]);
    kernels.gemm(
      c,
      floats([2, 3], [1, 2, 3, 4, 5, 6]),
      floats([3, 2], [7, 8, 9, 10, 11, 12]),
      SHAPE,
    );
    expect(await read(c)).toEqual([58, 64, 139, 154]);
    const [a, b] = [floats([3, 2], [1, 4, 2, 5, 3, 6]), floats([2, 3], [7, 9, 11, 8, 10, 12])];
    const transposed = { aRow: 1, aCol: 2, bRow: 1, bCol: 3, accumulate: true };
    kernels.gemm(c, a, b, { ...SHAPE, ...transposed });
    expect(await read(c)).toEqual([116, 128, 278, 308]);
  });
  it("gemm of two pairs of numbers is two products", async () => {
    const c = empty([2, 1, 1]);
    const one = { m: 1, n: 1, k: 1, aRow: 1, bRow: 1, cRow: 1 };
    const batch = { batch1: 2, aBatch1: 1, bBatch1: 1, cBatch1: 1 };
    kernels.gemm(c, floats([2], [3, 5]), floats([2], [7, 11]), { ...SHAPE, ...one, ...batch });
    expect(await read(c)).toEqual([21, 55]);
  });
  it("gemm walks both batch axes, each matrix in its own order", async () => {
    const one = { m: 1, n: 1, k: 1, aRow: 1, bRow: 1, cRow: 1, batch0: 2, batch1: 3 };
    const inOrder = { aBatch0: 3, aBatch1: 1, cBatch0: 3, cBatch1: 1 };
    const c = empty([2, 3]);
    const [a, b] = [floats([2, 3], [1, 2, 3, 4, 5, 6]), floats([3, 2], [1, 10, 100, 2, 20, 200])];
    kernels.gemm(c, a, b, { ...SHAPE, ...one, ...inOrder, bBatch0: 1, bBatch1: 2 });
    expect(await read(c)).toEqual([1, 200, 60, 40, 10, 1200]);
  });
  it("grouped products of three rows in groups of one, none and two", async () => {
    const offsets = ints([4], [0, 1, 1, 3]);
    const a = floats([3, 2], [1, 2, 3, 4, 5, 6]);
    const b = floats([3, 1, 2], [1, 1, 9, 9, 10, -1]); // of each group: n = 1, k = 2
    const c = empty([3, 1]);
    kernels.groupedGemm("nt", c, a, b, offsets);
    expect(await read(c)).toEqual([3, 26, 44]);
    const back = empty([3, 2]);
    kernels.groupedGemm("nn", back, floats([3, 1], [1, 2, 3]), b, offsets);
    expect(await read(back)).toEqual([1, 1, 20, -2, 30, -3]);
    const weight = empty([3, 1, 2]);
    kernels.groupedGemmWeight(weight, floats([3, 1], [1, 2, 3]), a, offsets, null);
    expect(await read(weight)).toEqual([1, 2, 0, 0, 21, 26]);
    const chosen = empty([2, 1, 2]);
    kernels.groupedGemmWeight(chosen, floats([3, 1], [1, 2, 3]), a, offsets, ints([2], [2, 0]));
    expect(await read(chosen)).toEqual([21, 26, 1, 2]);
  });
}
