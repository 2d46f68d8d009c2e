import type { Kernels } from "../../backend/kernels";
import type { Launcher } from "../launcher";
import { planeSizes, runOnPlanes } from "./planes";

type DepthwiseConvKernels = Pick<Kernels, "depthwiseConv" | "depthwiseConvGrad">;

export function depthwiseConvKernels(launcher: Launcher): DepthwiseConvKernels {
  return {
    depthwiseConv(out, x, weight, shape) {
      const { planes, taps, outSize } = planeSizes(shape);
      runOnPlanes(launcher, "depthwiseConv", [out, x, weight], shape, {
        items: planes,
        work: taps * outSize,
      });
    },
    depthwiseConvGrad(dx, dweight, dy, x, weight, shape) {
      const { planes, taps, outSize } = planeSizes(shape);
      if (dx)
        runOnPlanes(launcher, "depthwiseConvGradInput", [dx, dy, weight], shape, {
          items: planes,
          work: taps * outSize,
        });
      if (dweight) {
        const work = taps * outSize * shape.batch;
        runOnPlanes(launcher, "depthwiseConvGradWeight", [dweight, dy, x], shape, {
          items: shape.channels,
          work: work,
        });
      }
    },
  };
}
