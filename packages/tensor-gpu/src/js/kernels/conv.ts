import type { ConvShape } from "../../backend/kernels";
import type { OnHeap } from "../on-heap";
import { forEachPlace, forEachTap, planeSizes } from "./windows";

/**
 * Calls `use` with the first index of the image's plane, the output's plane and the kernel, for each combination that
 * contributes.
 */
function forEachPair(
  shape: ConvShape,
  outChannels: number,
  use: (from: number, to: number, kernel: number) => void,
): void {
  const { inSize, outSize, taps } = planeSizes(shape);
  for (let image = 0; image < shape.batch; image++)
    for (let o = 0; o < outChannels; o++)
      for (let c = 0; c < shape.channels; c++)
        use(
          (image * shape.channels + c) * inSize,
          (image * outChannels + o) * outSize,
          (o * shape.channels + c) * taps,
        );
}

export const conv: OnHeap["conv"] = (heap, out, x, weight, shape) => {
  const [image, kernels] = [heap.floats(x), heap.floats(weight)];
  const sums = new Float64Array(out.size);
  forEachPair(shape, weight.shape[0]!, (plane, result, kernel) => {
    forEachPlace(shape, (from, to, tap) => {
      const value = from < 0 ? 0 : image[plane + from]!;
      sums[result + to]! += value * kernels[kernel + tap]!;
    });
  });
  heap.floats(out).set(sums);
  return true;
};

export const convGradInput: OnHeap["convGradInput"] = (heap, dx, dy, weight, shape) => {
  const [upstream, kernels] = [heap.floats(dy), heap.floats(weight)];
  const sums = new Float64Array(dx.size);
  forEachPair(shape, weight.shape[0]!, (plane, result, kernel) => {
    forEachTap(shape, (from, to, tap) => {
      sums[plane + from]! += upstream[result + to]! * kernels[kernel + tap]!;
    });
  });
  heap.floats(dx).set(sums);
  return true;
};

export const convGradWeight: OnHeap["convGradWeight"] = (heap, dweight, dy, x, shape) => {
  const [upstream, image] = [heap.floats(dy), heap.floats(x)];
  const sums = new Float64Array(dweight.size);
  forEachPair(shape, dweight.shape[0]!, (plane, result, kernel) => {
    forEachPlace(shape, (from, to, tap) => {
      const value = from < 0 ? 0 : image[plane + from]!;
      sums[kernel + tap]! += upstream[result + to]! * value;
    });
  });
  heap.floats(dweight).set(sums);
  return true;
};
