import type { Kernels } from "../../backend/kernels";
import type { Launcher } from "../launcher";
import { planeSizes, runOnPlanes } from "./planes";

export function columnKernels(launcher: Launcher): Pick<Kernels, "im2col" | "col2im"> {
  return {
    im2col(out, x, shape) {
      const { planes, taps, outSize } = planeSizes(shape);
      runOnPlanes(launcher, "im2col", [out, x], shape, { items: planes * taps, work: outSize });
    },
    col2im(dx, columns, shape) {
      const { planes, taps, outSize } = planeSizes(shape);
      runOnPlanes(launcher, "col2im", [dx, columns], shape, {
        items: planes,
        work: taps * outSize,
      });
    },
  };
}
