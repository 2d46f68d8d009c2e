import type { Kernels } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Launcher } from "../launcher";
import { rowSize } from "./gather";
import { grain } from "./grain";
import { setInts } from "./slots";

const EXP_WORK = 4;

type SegmentKernels = Pick<
  Kernels,
  "segmentReduce" | "segmentArgMax" | "segmentDot" | "segmentSoftmax" | "segmentSoftmaxGrad"
>;

export function segmentKernels(launcher: Launcher): SegmentKernels {
  /** Items are segments; `work` is that of all entries together. */
  const run = (kernel: string, offsets: View, work: number) => {
    const segments = offsets.size - 1;
    if (segments > 0) launcher.run(kernel, segments, grain(work / segments));
  };
  return {
    segmentReduce(op, out, x, offsets, indices, weights) {
      const d = rowSize(x);
      if (d === 0) return;
      setInts(launcher.ints, 0, [out, x, offsets, indices, weights].map(launcher.address));
      setInts(launcher.ints, 5, [d, op === "mean" ? 1 : 0]);
      const work = out.size + (indices ?? weights ?? x).size * ((indices ?? weights) ? d : 1);
      run(op === "max" ? "segmentMax" : "segmentSum", offsets, work);
    },
    segmentArgMax(out, x, offsets, indices) {
      const d = rowSize(x);
      if (d === 0) return;
      setInts(launcher.ints, 0, [...[out, x, offsets, indices].map(launcher.address), d]);
      run("segmentArgMax", offsets, out.size + (indices ? indices.size * d : x.size));
    },
    segmentDot(out, dy, x, offsets, indices) {
      const d = rowSize(x);
      setInts(launcher.ints, 0, [...[out, dy, x, offsets, indices].map(launcher.address), d]);
      run("segmentDot", offsets, out.size * d);
    },
    segmentSoftmax(out, x, offsets) {
      const heads = rowSize(x);
      if (heads === 0) return;
      setInts(launcher.ints, 0, [...[out, x, offsets].map(launcher.address), heads]);
      run("segmentSoftmax", offsets, EXP_WORK * x.size);
    },
    segmentSoftmaxGrad(dx, dy, y, offsets) {
      const heads = rowSize(y);
      if (heads === 0) return;
      setInts(launcher.ints, 0, [...[dx, dy, y, offsets].map(launcher.address), heads]);
      run("segmentSoftmaxGrad", offsets, EXP_WORK * y.size);
    },
  };
}
