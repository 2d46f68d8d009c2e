import type { View } from "../../backend/backend";
import type { ConvShape, Kernels } from "../../backend/kernels";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { setInts } from "./slots";

const SHAPE_SLOT = 16;

type PoolKernels = Pick<Kernels, "maxPool" | "maxPoolGrad" | "avgPool" | "avgPoolGrad">;

export function poolKernels(launcher: Launcher): PoolKernels {
  /** Items are planes. */
  const run = (kernel: string, views: View[], shape: ConvShape, countPad = false) => {
    const { ints } = launcher;
    setInts(ints, 0, views.map(launcher.address));
    setInts(ints, SHAPE_SLOT, [
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
      countPad ? 1 : 0,
    ]);
    const taps = shape.outHeight * shape.outWidth * shape.kernelHeight * shape.kernelWidth;
    launcher.run(kernel, shape.batch * shape.channels, grain(2 * taps));
  };
  return {
    maxPool: (out, argmax, x, shape) => run("maxPool", [out, argmax, x], shape),
    maxPoolGrad: (dx, dy, argmax, shape) => run("maxPoolGrad", [dx, dy, argmax], shape),
    avgPool: (out, x, shape, countPad) => run("avgPool", [out, x], shape, countPad),
    avgPoolGrad: (dx, dy, shape, countPad) => run("avgPoolGrad", [dx, dy], shape, countPad),
  };
}
