/** @file Kernels over the planes of images: their launch, and the sizes that they go by. */
import type { ConvShape } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Launcher } from "../launcher";
import { setConvShape } from "./conv-shape";
import { grain } from "./grain";
import { setInts } from "./slots";

export function planeSizes({ batch, channels, ...shape }: ConvShape) {
  const taps = shape.kernelHeight * shape.kernelWidth;
  return { planes: batch * channels, taps, outSize: shape.outHeight * shape.outWidth };
}

/** Starts a kernel on views and the shape of a convolution. */
export const runOnPlanes = (
  launcher: Launcher,
  kernel: string,
  views: View[],
  shape: ConvShape,
  { items, work }: { items: number; work: number },
): void => {
  const { ints } = launcher;
  setInts(ints, 0, views.map(launcher.address));
  setInts(ints, 4, [shape.channels, shape.batch]);
  setConvShape(ints, shape);
  launcher.run(kernel, items, grain(work));
};
