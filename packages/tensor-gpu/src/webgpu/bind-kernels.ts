import { bindTo } from "../backend/bind-to";
import type { Kernels } from "../backend/kernels";
import type { Shortcuts } from "../backend/shortcuts";
import { missingKernel } from "./device-errors";
import { KERNELS } from "./kernels";
import { linear } from "./kernels/gemm";
import type { Launcher } from "./launcher";

/** Kernels of the contract that there are not in WGSL. */
export const MISSING = [
  "cumsum",
  "logSoftmax",
  "logSoftmaxGrad",
  "logSumExp",
  "segmentReduce",
  "segmentArgMax",
  "segmentDot",
  "segmentSoftmax",
  "segmentSoftmaxGrad",
  "im2col",
  "col2im",
  "depthwiseConv",
  "depthwiseConvGrad",
  "maxPool",
  "maxPoolGrad",
  "avgPool",
  "avgPoolGrad",
  "sgd",
] as const;

type Present = Omit<Kernels, (typeof MISSING)[number]>;

/** Binds every kernel to the launcher; those that are missing throw `ERR_BACKEND`. */
export function bindKernels(launcher: Launcher): Kernels {
  const refusals = MISSING.map((name) => [
    name,
    () => {
      throw missingKernel(name, "wasm");
    },
  ]);
  return {
    ...bindTo<Launcher, Present>(launcher, KERNELS),
    ...(Object.fromEntries(refusals) as Pick<Kernels, (typeof MISSING)[number]>),
  };
}

/** Binds the fused operations to the launcher. */
export function bindShortcuts(launcher: Launcher): Partial<Shortcuts> {
  return bindTo<Launcher, Pick<Shortcuts, "linear">>(launcher, { linear });
}
