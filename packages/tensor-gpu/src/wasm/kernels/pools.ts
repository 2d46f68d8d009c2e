import type { ConvShape, Kernels } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Launcher } from "../launcher";
import { setConvShape } from "./conv-shape";
import { grain } from "./grain";
import { setInts } from "./slots";

const COUNT_PAD_SLOT = 28;

type PoolKernels = Pick<Kernels, "maxPool" | "maxPoolGrad" | "avgPool" | "avgPoolGrad">;

export function poolKernels(launcher: Launcher): PoolKernels {
  /** Items are planes. */
  const run = (kernel: string, views: View[], shape: ConvShape, countPad = false) => {
    const { ints } = launcher;
    setInts(ints, 0, views.map(launcher.address));
    setConvShape(ints, shape);
    ints[COUNT_PAD_SLOT] = countPad ? 1 : 0;
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
