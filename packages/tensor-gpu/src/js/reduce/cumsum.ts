import type { View } from "../../backend/view";
import type { Heap } from "../heap";

export function cumsum(
  heap: Heap,
  out: View,
  x: View,
  outer: number,
  n: number,
  inner: number,
  reverse: boolean,
): void {
  const [y, from] = [heap.numbers(out), heap.numbers(x)];
  for (let o = 0; o < outer; o++)
    for (let r = 0; r < inner; r++) {
      let total = 0;
      for (let i = 0; i < n; i++) {
        const place = (o * n + (reverse ? n - 1 - i : i)) * inner + r;
        total += from[place]!;
        y[place] = total;
      }
    }
}
