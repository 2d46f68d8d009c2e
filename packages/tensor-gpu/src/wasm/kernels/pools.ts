import type { ConvShape, Kernels } from "../../backend/kernels";
import { layers } from "../generated/layers";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { planeSizes, windows } from "./windows";

type PoolKernels = Pick<Kernels, "maxPool" | "maxPoolGrad" | "avgPool" | "avgPoolGrad">;

export function poolKernels(launcher: Launcher): PoolKernels {
  launcher.need(layers);
  /** Items are planes: their number, and the minimum per thread. */
  const items = (shape: ConvShape): [number, number] => {
    const { planes, taps, outSize } = planeSizes(shape);
    return [planes, grain(2 * outSize * taps)];
  };
  return {
    maxPool: (out, argmax, x, shape) =>
      launcher.run("maxPool", [...windows(shape), out, argmax, x], ...items(shape)),
    maxPoolGrad: (dx, dy, argmax, shape) =>
      launcher.run("maxPoolGrad", [...windows(shape), dx, dy, argmax], ...items(shape)),
    avgPool: (out, x, shape, countPad) =>
      launcher.run("avgPool", [...windows(shape), countPad, out, x], ...items(shape)),
    avgPoolGrad: (dx, dy, shape, countPad) =>
      launcher.run("avgPoolGrad", [...windows(shape), countPad, dx, dy], ...items(shape)),
  };
}
