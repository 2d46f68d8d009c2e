import type { OnHeap } from "../on-heap";
import { forEachTap, planeSizes } from "./windows";

export const depthwiseConv: OnHeap["depthwiseConv"] = (heap, out, x, weight, shape) => {
  const [y, image, kernels] = [heap.floats(out), heap.floats(x), heap.floats(weight)];
  const { planes, inSize, outSize, taps } = planeSizes(shape);
  for (let plane = 0; plane < planes; plane++) {
    const kernel = (plane % shape.channels) * taps;
    const sums = new Float64Array(outSize);
    forEachTap(shape, (from, to, tap) => {
      sums[to]! += image[plane * inSize + from]! * kernels[kernel + tap]!;
    });
    y.set(sums, plane * outSize);
  }
};

export const depthwiseConvGrad: OnHeap["depthwiseConvGrad"] = (
  heap,
  dx,
  dweight,
  dy,
  x,
  weight,
  shape,
) => {
  const [upstream, image, kernels] = [heap.floats(dy), heap.floats(x), heap.floats(weight)];
  const { planes, inSize, outSize, taps } = planeSizes(shape);
  const [imageSums, kernelSums] = [new Float64Array(x.size), new Float64Array(weight.size)];
  for (let plane = 0; plane < planes; plane++) {
    const kernel = (plane % shape.channels) * taps;
    forEachTap(shape, (from, to, tap) => {
      const g = upstream[plane * outSize + to]!;
      imageSums[plane * inSize + from]! += g * kernels[kernel + tap]!;
      kernelSums[kernel + tap]! += g * image[plane * inSize + from]!;
    });
  }
  if (dx !== null) heap.floats(dx).set(imageSums);
  if (dweight !== null) heap.floats(dweight).set(kernelSums);
};
