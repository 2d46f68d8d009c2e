import type { ConvShape } from "../../backend/kernels";

/**
 * Calls `use` for every place of every window that lies inside the image, in order: place `from` of a plane of
 * height·width, place `to` of a plane of outHeight·outWidth, place `tap` of the kernelHeight·kernelWidth kernel.
 */
export function forEachTap(
  shape: ConvShape,
  use: (from: number, to: number, tap: number) => void,
): void {
  for (let oy = 0; oy < shape.outHeight; oy++)
    for (let ox = 0; ox < shape.outWidth; ox++)
      for (let ky = 0; ky < shape.kernelHeight; ky++)
        for (let kx = 0; kx < shape.kernelWidth; kx++) {
          const y = oy * shape.strideY - shape.padY + ky * shape.dilationY;
          const x = ox * shape.strideX - shape.padX + kx * shape.dilationX;
          if (y < 0 || y >= shape.height || x < 0 || x >= shape.width) continue;
          use(y * shape.width + x, oy * shape.outWidth + ox, ky * shape.kernelWidth + kx);
        }
}

/** Elements of one input plane, one output plane and one kernel, and the number of planes. */
export const planeSizes = (shape: ConvShape) => ({
  planes: shape.batch * shape.channels,
  inSize: shape.height * shape.width,
  outSize: shape.outHeight * shape.outWidth,
  taps: shape.kernelHeight * shape.kernelWidth,
});
