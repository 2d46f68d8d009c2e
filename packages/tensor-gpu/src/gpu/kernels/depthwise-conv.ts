import type { ConvShape } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Heap } from "../cell-heap";
import { launch } from "../launch";
import type { OnHeap } from "../on-heap";
import { foldInto } from "./fold";
import { INPUT_PLACE, OUTPUT_PLACE, overTaps, overWindows, windowNumbers } from "./windows";

export const depthwiseConv: OnHeap["depthwiseConv"] = (heap, out, x, weight, shape) => {
  launch(heap, out, {
    key: "depthwiseConv",
    arrays: { image: heap.cell(x), weight: heap.cell(weight) },
    numbers: { ...windowNumbers(shape), imageOffset: x.offset, weightOffset: weight.offset },
    body: `${OUTPUT_PLACE}
    const kernelAt = weightOffset + (plane - quotient(plane, channels) * channels) * taps;
    const start = imageOffset + plane * inSize;
    ${overTaps("value = value + at(image, start + from) * at(weight, kernelAt + tap);")}`,
  });
};

function imageGradient(heap: Heap, dx: View, dy: View, weight: View, shape: ConvShape): void {
  launch(heap, dx, {
    key: "depthwiseConv image gradient",
    arrays: { dy: heap.cell(dy), weight: heap.cell(weight) },
    numbers: { ...windowNumbers(shape), dyOffset: dy.offset, weightOffset: weight.offset },
    body: `${INPUT_PLACE}
    const kernelAt = weightOffset + (plane - quotient(plane, channels) * channels) * taps;
    const start = dyOffset + plane * outSize;
    ${overWindows("value = value + at(dy, start + to) * at(weight, kernelAt + tap);")}`,
  });
}

/** Each tap sums over the batch and the output positions. */
function weightGradient(heap: Heap, dweight: View, dy: View, x: View, shape: ConvShape): void {
  const numbers = windowNumbers(shape);
  foldInto(
    heap,
    dweight,
    "sum",
    {
      key: "depthwiseConv weight gradient",
      arrays: { dy: heap.cell(dy), image: heap.cell(x) },
      numbers: { ...numbers, dyOffset: dy.offset, imageOffset: x.offset },
      term: `const channel = quotient(o, taps);
      const tap = o - channel * taps;
      const sample = quotient(k, outSize);
      const to = k - sample * outSize;
      const plane = sample * channels + channel;
      const ky = quotient(tap, kernelWidth);
      const oy = quotient(to, outWidth);
      const y = oy * strideY - padY + ky * dilationY;
      const x = (to - oy * outWidth) * strideX - padX + (tap - ky * kernelWidth) * dilationX;
      let isInside = 1;
      if (y < 0) { isInside = 0; }
      if (y >= height) { isInside = 0; }
      if (x < 0) { isInside = 0; }
      if (x >= width) { isInside = 0; }
      if (isInside > 0) {
        term = at(dy, dyOffset + plane * outSize + to) * at(image, imageOffset + plane * inSize + y * width + x);
      }`,
    },
    { outer: dweight.size, n: shape.batch * numbers.outSize!, inner: 1 },
  );
}

export const depthwiseConvGrad: OnHeap["depthwiseConvGrad"] = (
  heap,
  dx,
  dweight,
  dy,
  x,
  weight,
  shape,
) => {
  if (dx) imageGradient(heap, dx, dy, weight, shape);
  if (dweight) weightGradient(heap, dweight, dy, x, shape);
};
