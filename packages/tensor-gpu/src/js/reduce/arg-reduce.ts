import type { View } from "../../backend/view";
import type { Heap } from "../heap";

/** Whether `x` takes the place of `best`: strictly beyond it, or the first NaN. */
export const isBetter = (op: "max" | "min", x: number, best: number) =>
  (op === "max" ? x > best : x < best) || (Number.isNaN(x) && !Number.isNaN(best));

export const hasNaN = (x: Float32Array | Int32Array) => x.some(Number.isNaN);

export function argReduce(
  heap: Heap,
  op: "max" | "min",
  out: View,
  x: View,
  outer: number,
  n: number,
  inner: number,
): boolean {
  const [y, from] = [heap.ints(out), heap.numbers(x)];
  for (let o = 0; o < outer; o++)
    for (let r = 0; r < inner; r++) {
      const at = (i: number) => from[(o * n + i) * inner + r]!;
      let best = 0;
      for (let i = 1; i < n; i++) if (isBetter(op, at(i), at(best))) best = i;
      y[o * inner + r] = best;
    }
  return hasNaN(from);
}
