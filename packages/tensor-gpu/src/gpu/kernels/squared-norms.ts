import type { View } from "../../backend/view";
import type { Heap } from "../heap";
import { elementsOf, foldInto } from "./fold";
import { slice } from "./optimiser-update";

export function squaredNorms(heap: Heap, out: View, views: readonly View[]): void {
  for (const [i, view] of views.entries()) {
    const shape = { outer: 1, n: view.size, inner: 1 };
    foldInto(heap, slice(out, i, 1), "sum", elementsOf(heap, view, true), shape);
  }
}
