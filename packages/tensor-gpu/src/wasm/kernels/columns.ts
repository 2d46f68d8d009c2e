import type { Kernels } from "../../backend/kernels";
import { layers } from "../generated/layers";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { planeSizes, windows } from "./windows";

export function columnKernels(launcher: Launcher): Pick<Kernels, "im2col" | "col2im"> {
  launcher.need(layers);
  return {
    im2col(out, x, shape) {
      const { planes, taps, outSize } = planeSizes(shape);
      launcher.run("im2col", [...windows(shape), out, x], planes * taps, grain(outSize));
    },
    col2im(dx, columns, shape) {
      const { planes, taps, outSize } = planeSizes(shape);
      launcher.run("col2im", [...windows(shape), dx, columns], planes, grain(taps * outSize));
    },
  };
}
