import type { View } from "../../backend/view";
import type { Heap } from "../heap";
import { softmaxOf } from "../rows/softmax";
import { rowSize } from "../strides";

export function segmentSoftmax(heap: Heap, out: View, x: View, offsets: View): void {
  const [y, from, starts] = [heap.floats(out), heap.floats(x), heap.ints(offsets)];
  const heads = rowSize(x);
  for (let s = 0; s + 1 < starts.length; s++)
    for (let h = 0; h < heads; h++) {
      const [first, end] = [starts[s]!, starts[s + 1]!];
      softmaxOf(y, from, first * heads + h, end - first, heads);
    }
}

/** dx = y · (dy − Σ dy·y), the sum over the segment. */
export function segmentSoftmaxGrad(heap: Heap, dx: View, dy: View, y: View, offsets: View): void {
  const [out, upstream, ys] = [heap.floats(dx), heap.floats(dy), heap.floats(y)];
  const starts = heap.ints(offsets);
  const heads = rowSize(y);
  for (let s = 0; s + 1 < starts.length; s++)
    for (let h = 0; h < heads; h++) {
      const [first, end] = [starts[s]!, starts[s + 1]!];
      let dot = 0;
      for (let e = first; e < end; e++) dot += upstream[e * heads + h]! * ys[e * heads + h]!;
      for (let e = first; e < end; e++)
        out[e * heads + h] = ys[e * heads + h]! * (upstream[e * heads + h]! - dot);
    }
}
