import type { ConvShape } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Heap } from "../array-heap";
import { forEachTap, planeSizes } from "./windows";

export function im2col(heap: Heap, out: View, x: View, shape: ConvShape): void {
  const [columns, image] = [heap.floats(out), heap.floats(x)];
  const { planes, inSize, outSize, taps } = planeSizes(shape);
  columns.fill(0);
  for (let plane = 0; plane < planes; plane++)
    forEachTap(shape, (from, to, tap) => {
      columns[(plane * taps + tap) * outSize + to] = image[plane * inSize + from]!;
    });
}

export function col2im(heap: Heap, dx: View, columns: View, shape: ConvShape): void {
  const gradients = heap.floats(columns);
  const { planes, inSize, outSize, taps } = planeSizes(shape);
  const image = heap.floats(dx);
  for (let plane = 0; plane < planes; plane++) {
    const sums = new Float64Array(inSize);
    forEachTap(shape, (from, to, tap) => {
      sums[from]! += gradients[(plane * taps + tap) * outSize + to]!;
    });
    image.set(sums, plane * inSize);
  }
}
