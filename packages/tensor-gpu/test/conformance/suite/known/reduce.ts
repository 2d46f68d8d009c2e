import { expect, it } from "vitest";
import type { ReduceOp } from "../../../../src/backend/kernels";
import { FUNCTION } from "../tolerances";
import type { Bench } from "./bench";

/** Of [[1, -2], [3, 4], [5, 0.5]] along the first and along the last axis. */
const REDUCED: [ReduceOp, number[], number[]][] = [
  ["sum", [9, 2.5], [-1, 7, 5.5]],
  ["mean", [3, 2.5 / 3], [-0.5, 3.5, 2.75]],
  ["max", [5, 4], [1, 4, 5]],
  ["min", [1, -2], [-2, 3, 0.5]],
  ["prod", [15, -4], [-2, 12, 2.5]],
  ["sumSquares", [35, 20.25], [5, 25, 25.25]],
];

export function reductionFacts({ kernels, floats, ints, empty, read }: Bench): void {
  it.each(REDUCED)("%s of a 3×2 matrix", async (op, alongFirst, alongLast) => {
    const x = floats([3, 2], [1, -2, 3, 4, 5, 0.5]);
    const [columns, rows] = [empty([2]), empty([3])];
    kernels.reduce(op, columns, x, 1, 3, 2);
    expect(await read(columns)).toBeAllclose(alongFirst, FUNCTION);
    kernels.reduce(op, rows, x, 3, 2, 1);
    expect(await read(rows)).toBeAllclose(alongLast, FUNCTION);
  });
  it("works on the middle axis of three", async () => {
    const x = floats([2, 2, 3], [1, 5, 3, 4, 2, 6, 9, 7, 8, 0, -1, 10]);
    const [y, places, sums] = [empty([2, 3]), empty([2, 3], "int32"), empty([2, 2, 3])];
    kernels.reduce("sum", y, x, 2, 2, 3);
    expect(await read(y)).toEqual([5, 7, 9, 9, 6, 18]);
    kernels.reduce("max", y, x, 2, 2, 3);
    expect(await read(y)).toEqual([4, 5, 6, 9, 7, 10]);
    kernels.argReduce("max", places, x, 2, 2, 3);
    expect(await read(places)).toEqual([1, 0, 1, 0, 0, 1]);
    kernels.cumsum(sums, x, 2, 2, 3, false);
    expect(await read(sums)).toEqual([1, 5, 3, 5, 7, 9, 9, 7, 8, 9, 6, 18]);
    kernels.cumsum(sums, x, 2, 2, 3, true);
    expect(await read(sums)).toEqual([5, 7, 9, 4, 2, 6, 9, 6, 18, 0, -1, 10]);
  });
  it("int32 sums beyond 2²⁴ are exact", async () => {
    const out = empty([1], "int32");
    kernels.reduce("sum", out, ints([3], [2 ** 24, 1, 2 ** 24]), 1, 3, 1);
    expect(await read(out)).toEqual([2 ** 25 + 1]);
  });
  it("a long sum of ones loses nothing", async () => {
    const [x, out] = [empty([100_000]), empty([1])];
    kernels.fill(x, 0.1);
    kernels.reduce("sum", out, x, 1, 100_000, 1);
    expect(await read(out)).toBeAllclose([Math.fround(0.1) * 100_000], { rtol: 2e-6 });
  });
  it("argReduce, cumsum and sort of a 2×3 matrix", async () => {
    const x = floats([2, 3], [3, 1, 3, -1, 5, 4]);
    const places = empty([2], "int32");
    kernels.argReduce("max", places, x, 2, 3, 1);
    expect(await read(places)).toEqual([0, 1]);
    kernels.argReduce("min", places, x, 2, 3, 1);
    expect(await read(places)).toEqual([1, 0]);
    const y = empty([2, 3]);
    kernels.cumsum(y, x, 2, 3, 1, false);
    expect(await read(y)).toEqual([3, 4, 7, -1, 4, 8]);
    kernels.cumsum(y, x, 1, 2, 3, true);
    expect(await read(y)).toEqual([2, 6, 7, -1, 5, 4]);
    const [values, indices] = [empty([2, 2]), empty([2, 2], "int32")];
    kernels.sort(values, indices, x, 2, 3, 2, true);
    expect(await read(values)).toEqual([3, 3, 5, 4]);
    expect(await read(indices)).toEqual([0, 2, 1, 2]);
    kernels.sort(values, indices, x, 2, 3, 2, false);
    expect(await read(values)).toEqual([1, 3, -1, 4]);
    expect(await read(indices)).toEqual([1, 0, 0, 2]);
  });
}
