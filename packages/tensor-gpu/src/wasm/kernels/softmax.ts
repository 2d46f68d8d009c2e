import type { Kernels } from "../../backend/kernels";
import type { Launcher } from "../launcher";
import { grain } from "./grain";

const EXP_WORK = 4;

type SoftmaxKernels = Pick<
  Kernels,
  "softmax" | "softmaxGrad" | "logSoftmax" | "logSoftmaxGrad" | "logSumExp"
>;

export function softmaxKernels({ run }: Launcher): SoftmaxKernels {
  const perThread = (n: number) => grain(EXP_WORK * n);
  return {
    softmax: (out, x, rows, n) => run("softmax", [out, x, n], rows, perThread(n)),
    softmaxGrad: (dx, dy, y, rows, n) => run("softmaxGrad", [dx, dy, y, n], rows, perThread(n)),
    logSoftmax: (out, x, rows, n) => run("logSoftmax", [out, x, n], rows, perThread(n)),
    logSoftmaxGrad: (dx, dy, y, rows, n) =>
      run("logSoftmaxGrad", [dx, dy, y, n], rows, perThread(n)),
    logSumExp: (out, x, rows, n) => run("logSumExp", [out, x, n], rows, perThread(n)),
  };
}
