import type { OnHeap } from "../on-heap";
import { forEachTap, planeSizes } from "./windows";

export const im2col: OnHeap["im2col"] = (heap, out, x, shape) => {
  const [columns, image] = [heap.floats(out), heap.floats(x)];
  const { planes, inSize, outSize, taps } = planeSizes(shape);
  columns.fill(0);
  for (let plane = 0; plane < planes; plane++)
    forEachTap(shape, (from, to, tap) => {
      columns[(plane * taps + tap) * outSize + to] = image[plane * inSize + from]!;
    });
};

export const col2im: OnHeap["col2im"] = (heap, dx, columns, shape) => {
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
};
