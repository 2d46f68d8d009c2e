import type { Kernels } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { setInts } from "./slots";

const EXP_WORK = 4;

type SoftmaxKernels = Pick<
  Kernels,
  "softmax" | "softmaxGrad" | "logSoftmax" | "logSoftmaxGrad" | "logSumExp"
>;

export function softmaxKernels(launcher: Launcher): SoftmaxKernels {
  const rowwise = (kernel: string, views: View[], rows: number, n: number) => {
    const { ints } = launcher;
    setInts(ints, 0, views.map(launcher.address));
    ints[views.length] = n;
    launcher.run(kernel, rows, grain(EXP_WORK * n));
  };
  return {
    softmax: (out, x, rows, n) => rowwise("softmax", [out, x], rows, n),
    softmaxGrad: (dx, dy, y, rows, n) => rowwise("softmaxGrad", [dx, dy, y], rows, n),
    logSoftmax: (out, x, rows, n) => rowwise("logSoftmax", [out, x], rows, n),
    logSoftmaxGrad: (dx, dy, y, rows, n) => rowwise("logSoftmaxGrad", [dx, dy, y], rows, n),
    logSumExp: (out, x, rows, n) => rowwise("logSumExp", [out, x], rows, n),
  };
}
