import { launch } from "../launch";
import type { OnHeap } from "../on-heap";
import { INPUT_PLACE, overWindows, windowNumbers } from "./windows";

export const im2col: OnHeap["im2col"] = (heap, out, x, shape) => {
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
};

export const col2im: OnHeap["col2im"] = (heap, dx, columns, shape) => {
  launch(heap, dx, {
    key: "col2im",
    arrays: { columns: heap.cell(columns) },
    numbers: { ...windowNumbers(shape), columnsOffset: columns.offset },
    body: `${INPUT_PLACE}
    ${overWindows("value = value + at(columns, columnsOffset + (plane * taps + tap) * outSize + to);")}`,
  });
};
