import type { ConvShape } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Heap } from "../cell-heap";
import { launch } from "../launch";
import { INPUT_PLACE, overWindows, windowNumbers } from "./windows";

export function im2col(heap: Heap, out: View, x: View, shape: ConvShape): void {
  launch(heap, out, {
    key: "im2col",
    arrays: { image: heap.cell(x) },
    numbers: { ...windowNumbers(shape), imageOffset: x.offset },
    body: `const row = quotient(i, outSize);
    const to = i - row * outSize;
    const plane = quotient(row, taps);
    const tap = row - plane * taps;
    const ky = quotient(tap, kernelWidth);
    const kx = tap - ky * kernelWidth;
    const oy = quotient(to, outWidth);
    const y = oy * strideY - padY + ky * dilationY;
    const x = (to - oy * outWidth) * strideX - padX + kx * dilationX;
    let isInside = 1;
    if (y < 0) { isInside = 0; }
    if (y >= height) { isInside = 0; }
    if (x < 0) { isInside = 0; }
    if (x >= width) { isInside = 0; }
    if (isInside > 0) { value = at(image, imageOffset + plane * inSize + y * width + x); }`,
  });
}

export function col2im(heap: Heap, dx: View, columns: View, shape: ConvShape): void {
  launch(heap, dx, {
    key: "col2im",
    arrays: { columns: heap.cell(columns) },
    numbers: { ...windowNumbers(shape), columnsOffset: columns.offset },
    body: `${INPUT_PLACE}
    ${overWindows("value = value + at(columns, columnsOffset + (plane * taps + tap) * outSize + to);")}`,
  });
}
