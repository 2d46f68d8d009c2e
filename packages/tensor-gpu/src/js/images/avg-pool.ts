import type { ConvShape } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Heap } from "../heap";
import { forEachTap, planeSizes } from "./windows";

/** By how much each window's sum is divided: all its taps, or only those inside the image. */
function divisors(shape: ConvShape, countPad: boolean): Float64Array {
  const { outSize, taps } = planeSizes(shape);
  const counts = new Float64Array(outSize);
  if (countPad) return counts.fill(taps);
  forEachTap(shape, (_, to) => {
    counts[to]!++;
  });
  return counts;
}

export function avgPool(heap: Heap, out: View, x: View, shape: ConvShape, countPad: boolean): void {
  const [y, image] = [heap.floats(out), heap.floats(x)];
  const { planes, inSize, outSize } = planeSizes(shape);
  const counts = divisors(shape, countPad);
  for (let plane = 0; plane < planes; plane++) {
    const sums = new Float64Array(outSize);
    forEachTap(shape, (from, to) => {
      sums[to]! += image[plane * inSize + from]!;
    });
    for (let to = 0; to < outSize; to++) y[plane * outSize + to] = sums[to]! / counts[to]!;
  }
}

export function avgPoolGrad(
  heap: Heap,
  dx: View,
  dy: View,
  shape: ConvShape,
  countPad: boolean,
): void {
  const [image, upstream] = [heap.floats(dx), heap.floats(dy)];
  const { planes, inSize, outSize } = planeSizes(shape);
  const counts = divisors(shape, countPad);
  for (let plane = 0; plane < planes; plane++) {
    const sums = new Float64Array(inSize);
    forEachTap(shape, (from, to) => {
      sums[from]! += upstream[plane * outSize + to]! / counts[to]!;
    });
    image.set(sums, plane * inSize);
  }
}
