import type { ConvShape } from "../../backend/kernels";
import type { Planes, Windows } from "../generated/kernels";

/** The first arguments of every kernel over windows; see `assembly/windows.as`. */
export const windows = (shape: ConvShape): Windows => [
  shape.height,
  shape.width,
  shape.kernelHeight,
  shape.kernelWidth,
  shape.outHeight,
  shape.outWidth,
  shape.strideY,
  shape.strideX,
  shape.padY,
  shape.padX,
  shape.dilationY,
  shape.dilationX,
];

/** The same, and the numbers of planes. */
export const planes = (shape: ConvShape): Planes => [
  ...windows(shape),
  shape.channels,
  shape.batch,
];

/** The sizes that kernels over planes use: planes (image × channel), taps of a window, outputs of a plane. */
export function planeSizes({ batch, channels, ...shape }: ConvShape) {
  const taps = shape.kernelHeight * shape.kernelWidth;
  return { planes: batch * channels, taps, outSize: shape.outHeight * shape.outWidth };
}
