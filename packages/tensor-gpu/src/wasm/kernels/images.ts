import type { ConvShape, Kernels } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Launcher } from "../launcher";
import { setConvShape } from "./conv-shape";
import { grain } from "./grain";
import { setInts } from "./slots";

type ImageKernels = Pick<Kernels, "im2col" | "col2im" | "depthwiseConv" | "depthwiseConvGrad">;

export function imageKernels(launcher: Launcher): ImageKernels {
  const run = (kernel: string, views: View[], shape: ConvShape, items: number, work: number) => {
    const { ints } = launcher;
    setInts(ints, 0, views.map(launcher.address));
    setInts(ints, 4, [shape.channels, shape.batch]);
    setConvShape(ints, shape);
    launcher.run(kernel, items, grain(work));
  };
  const sizes = ({ batch, channels, ...shape }: ConvShape) => {
    const taps = shape.kernelHeight * shape.kernelWidth;
    return { planes: batch * channels, taps, outSize: shape.outHeight * shape.outWidth };
  };
  return {
    im2col(out, x, shape) {
      const { planes, taps, outSize } = sizes(shape);
      run("im2col", [out, x], shape, planes * taps, outSize);
    },
    col2im(dx, columns, shape) {
      const { planes, taps, outSize } = sizes(shape);
      run("col2im", [dx, columns], shape, planes, taps * outSize);
    },
    depthwiseConv(out, x, weight, shape) {
      const { planes, taps, outSize } = sizes(shape);
      run("depthwiseConv", [out, x, weight], shape, planes, taps * outSize);
    },
    depthwiseConvGrad(dx, dweight, dy, x, weight, shape) {
      const { planes, taps, outSize } = sizes(shape);
      if (dx) run("depthwiseConvGradInput", [dx, dy, weight], shape, planes, taps * outSize);
      if (dweight) {
        const work = taps * outSize * shape.batch;
        run("depthwiseConvGradWeight", [dweight, dy, x], shape, shape.channels, work);
      }
    },
  };
}
