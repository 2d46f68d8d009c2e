import type { ConvShape } from "../../backend/kernels";

type UsePlace = (from: number, to: number, tap: number) => void;

/**
 * Calls `use` for every position of every window, in order: index `from` into a plane of height·width (−1 in the
 * padding), index `to` into a plane of outHeight·outWidth, index `tap` into the kernelHeight·kernelWidth kernel.
 */
export function forEachPlace(shape: ConvShape, use: UsePlace): void {
  for (let oy = 0; oy < shape.outHeight; oy++)
    for (let ox = 0; ox < shape.outWidth; ox++)
      for (let ky = 0; ky < shape.kernelHeight; ky++)
        for (let kx = 0; kx < shape.kernelWidth; kx++) {
          const y = oy * shape.strideY - shape.padY + ky * shape.dilationY;
          const x = ox * shape.strideX - shape.padX + kx * shape.dilationX;
          const isInside = y >= 0 && y < shape.height && x >= 0 && x < shape.width;
          const from = isInside ? y * shape.width + x : -1;
          use(from, oy * shape.outWidth + ox, ky * shape.kernelWidth + kx);
        }
}

/** As `forEachPlace`, but only for positions inside the image. */
export function forEachTap(shape: ConvShape, use: UsePlace): void {
  forEachPlace(shape, (from, to, tap) => {
    if (from >= 0) use(from, to, tap);
  });
}

/** Elements of one input plane, one output plane and one kernel, and the number of planes. */
export const planeSizes = (shape: ConvShape) => ({
  planes: shape.batch * shape.channels,
  inSize: shape.height * shape.width,
  outSize: shape.outHeight * shape.outWidth,
  taps: shape.kernelHeight * shape.kernelWidth,
});
