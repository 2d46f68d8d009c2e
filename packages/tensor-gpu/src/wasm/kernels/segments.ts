import type { Kernels } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { KernelParameters } from "../generated/kernels";
import { more } from "../generated/more";
import type { Launcher } from "../launcher";
import { rowSize } from "./gather";
import { grain } from "./grain";

const EXP_WORK = 4;

type SegmentKernels = Pick<
  Kernels,
  "segmentReduce" | "segmentArgMax" | "segmentDot" | "segmentSoftmax" | "segmentSoftmaxGrad"
>;

type SegmentKernel = keyof KernelParameters & `segment${string}`;

export function segmentKernels(launcher: Launcher): SegmentKernels {
  launcher.need(more);
  /** Items are segments; `work` is that of all entries together. */
  const run = <K extends SegmentKernel>(
    kernel: K,
    args: KernelParameters[K],
    offsets: View,
    work: number,
  ) => {
    const segments = offsets.size - 1;
    if (segments > 0) launcher.run(kernel, args, segments, grain(work / segments));
  };
  return {
    segmentReduce(op, out, x, offsets, indices, weights) {
      const d = rowSize(x);
      if (d === 0) return;
      const work = out.size + (indices ?? weights ?? x).size * ((indices ?? weights) ? d : 1);
      const kernel = op === "max" ? "segmentMax" : "segmentSum";
      run(kernel, [out, x, offsets, indices, weights, d, op === "mean"], offsets, work);
    },
    segmentArgMax(out, x, offsets, indices) {
      const d = rowSize(x);
      if (d === 0) return;
      const work = out.size + (indices ? indices.size * d : x.size);
      run("segmentArgMax", [out, x, offsets, indices, d], offsets, work);
    },
    segmentDot(out, dy, x, offsets, indices) {
      const d = rowSize(x);
      run("segmentDot", [out, dy, x, offsets, indices, d], offsets, out.size * d);
    },
    segmentSoftmax(out, x, offsets) {
      const heads = rowSize(x);
      if (heads === 0) return;
      run("segmentSoftmax", [out, x, offsets, heads], offsets, EXP_WORK * x.size);
    },
    segmentSoftmaxGrad(dx, dy, y, offsets) {
      const heads = rowSize(y);
      if (heads === 0) return;
      run("segmentSoftmaxGrad", [dx, dy, y, offsets, heads], offsets, EXP_WORK * y.size);
    },
  };
}
