import type { OnHeap } from "../on-heap";
import { lastAxis } from "../strides";
import { product } from "./gemm";

export const groupedGemm: OnHeap["groupedGemm"] = (heap, mode, c, a, b, offsets) => {
  const [out, rows, weights] = [heap.floats(c), heap.floats(a), heap.floats(b)];
  const starts = heap.ints(offsets);
  const [n, k] = [lastAxis(c), lastAxis(a)];
  const [bRow, bCol] = mode === "nt" ? [1, k] : [n, 1];
  for (let g = 0; g + 1 < starts.length; g++) {
    const first = starts[g]!;
    const shape = { m: starts[g + 1]! - first, n, k, aRow: k, aCol: 1, bRow, bCol, cRow: n };
    product(out, first * n, rows, first * k, weights, g * n * k, { ...shape, accumulate: false });
  }
};

export const groupedGemmWeight: OnHeap["groupedGemmWeight"] = (heap, c, a, b, offsets, groups) => {
  const [out, left, right] = [heap.floats(c), heap.floats(a), heap.floats(b)];
  const starts = heap.ints(offsets);
  const chosen = groups === null ? starts.subarray(1).map((_, g) => g) : heap.ints(groups);
  const [m, n] = [lastAxis(a), lastAxis(b)];
  for (const [j, g] of chosen.entries()) {
    const first = starts[g]!;
    const k = starts[g + 1]! - first;
    const shape = { m, n, k, aRow: 1, aCol: m, bRow: n, bCol: 1, cRow: n };
    product(out, j * m * n, left, first * m, right, first * n, { ...shape, accumulate: false });
  }
};
