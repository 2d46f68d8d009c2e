import type { ConvShape } from "../../backend/kernels";
import type { OnHeap } from "../on-heap";
import { isBetter } from "./reduce";
import { forEachTap, planeSizes } from "./windows";

/** The first of equal values wins, and NaN wins over every number. */
export const maxPool: OnHeap["maxPool"] = (heap, out, argmax, x, shape) => {
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
};

export const maxPoolGrad: OnHeap["maxPoolGrad"] = (heap, dx, dy, argmax, shape) => {
  const [upstream, winners] = [heap.floats(dy), heap.ints(argmax)];
  const { planes, inSize, outSize } = planeSizes(shape);
  const sums = new Float64Array(planes * inSize);
  for (let plane = 0; plane < planes; plane++)
    for (let to = plane * outSize; to < (plane + 1) * outSize; to++)
      sums[plane * inSize + winners[to]!]! += upstream[to]!;
  heap.floats(dx).set(sums);
};

/** The divisor of each window's sum: the number of all its taps, or of those inside the image only. */
function divisors(shape: ConvShape, countPad: boolean): Float64Array {
  const { outSize, taps } = planeSizes(shape);
  const counts = new Float64Array(outSize);
  if (countPad) return counts.fill(taps);
  forEachTap(shape, (_, to) => {
    counts[to]!++;
  });
  return counts;
}

export const avgPool: OnHeap["avgPool"] = (heap, out, x, shape, countPad) => {
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
};

export const avgPoolGrad: OnHeap["avgPoolGrad"] = (heap, dx, dy, shape, countPad) => {
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
};
