import type { View } from "../../backend/view";
import type { Heap } from "../heap";

export function squaredNorms(heap: Heap, out: View, views: readonly View[]): void {
  const y = heap.floats(out);
  for (const [i, view] of views.entries()) {
    let sum = 0;
    for (const x of heap.floats(view)) sum += x * x;
    y[i] = sum;
  }
}
