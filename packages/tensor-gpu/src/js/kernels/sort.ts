import type { OnHeap } from "../on-heap";
import { hasNaN } from "./reduce";

/** Ascending order; NaN comes after every number, as in PyTorch. */
function ascending(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

export const sort: OnHeap["sort"] = (heap, values, indices, x, rows, n, k, descending) => {
  const from = heap.numbers(x);
  const [sorted, places] = [heap.numbers(values), heap.ints(indices)];
  for (let row = 0; row < rows; row++) {
    const at = (i: number) => from[row * n + i]!;
    const order = Array.from({ length: n }, (_, i) => i);
    order.sort((i, j) => (descending ? ascending(at(j), at(i)) : ascending(at(i), at(j)))); // stable
    for (let i = 0; i < k; i++) {
      sorted[row * k + i] = at(order[i]!);
      places[row * k + i] = order[i]!;
    }
  }
  return hasNaN(from);
};
