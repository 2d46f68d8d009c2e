import type { Kernels } from "../../backend/kernels";
import type {
  DepthwiseConv,
  DepthwiseConvGradInput,
  DepthwiseConvGradWeight,
} from "../generated/kernels";
import { layers } from "../generated/layers";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { planeSizes, planes } from "./windows";

type DepthwiseConvKernels = Pick<Kernels, "depthwiseConv" | "depthwiseConvGrad">;

export function depthwiseConvKernels(launcher: Launcher): DepthwiseConvKernels {
  launcher.need(layers);
  return {
    depthwiseConv(out, x, weight, shape) {
      const { planes: items, taps, outSize } = planeSizes(shape);
      const args: DepthwiseConv = [...planes(shape), out, x, weight];
      launcher.run("depthwiseConv", args, items, grain(taps * outSize));
    },
    depthwiseConvGrad(dx, dweight, dy, x, weight, shape) {
      const { planes: items, taps, outSize } = planeSizes(shape);
      const work = taps * outSize;
      if (dx) {
        const args: DepthwiseConvGradInput = [...planes(shape), dx, dy, weight];
        launcher.run("depthwiseConvGradInput", args, items, grain(work));
      }
      if (dweight) {
        const args: DepthwiseConvGradWeight = [...planes(shape), dweight, dy, x];
        const { channels, batch } = shape;
        launcher.run("depthwiseConvGradWeight", args, channels, grain(work * batch));
      }
    },
  };
}
