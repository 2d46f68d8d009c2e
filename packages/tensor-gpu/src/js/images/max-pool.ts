import type { ConvShape } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Heap } from "../heap";
import { isBetter } from "../reduce/arg-reduce";
import { forEachTap, planeSizes } from "./windows";

/** Of equals the first wins, and a NaN wins over every number. */
export function maxPool(heap: Heap, out: View, argmax: View, x: View, shape: ConvShape): void {
  const [y, winners, image] = [heap.floats(out), heap.ints(argmax), heap.floats(x)];
  const { planes, inSize, outSize } = planeSizes(shape);
  winners.fill(-1);
  for (let plane = 0; plane < planes; plane++)
    forEachTap(shape, (from, to) => {
      const place = plane * outSize + to;
      const value = image[plane * inSize + from]!;
      if (winners[place] !== -1 && !isBetter("max", value, y[place]!)) return;
      winners[place] = from;
      y[place] = value;
    });
}

export function maxPoolGrad(heap: Heap, dx: View, dy: View, argmax: View, shape: ConvShape): void {
  const [upstream, winners] = [heap.floats(dy), heap.ints(argmax)];
  const { planes, inSize, outSize } = planeSizes(shape);
  const sums = new Float64Array(planes * inSize);
  for (let plane = 0; plane < planes; plane++)
    for (let to = plane * outSize; to < (plane + 1) * outSize; to++)
      sums[plane * inSize + winners[to]!]! += upstream[to]!;
  heap.floats(dx).set(sums);
}
