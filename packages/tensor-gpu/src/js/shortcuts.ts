import type { Shortcuts } from "../backend/shortcuts";
import type { Heap } from "./array-heap";
import { batchNorm, batchNormGrad } from "./kernels/batch-norm";
import { conv, convGradInput, convGradWeight } from "./kernels/conv";
import { linear } from "./kernels/gemm";

/** The shortcuts as plain loops: none is declined, so that those of other back ends can be compared with them. */
export const shortcutsOn = (heap: Heap): Shortcuts => ({
  linear: (...args) => linear(heap, ...args),
  conv: (...args) => conv(heap, ...args),
  convGradInput: (...args) => convGradInput(heap, ...args),
  convGradWeight: (...args) => convGradWeight(heap, ...args),
  batchNorm: (...args) => batchNorm(heap, ...args),
  batchNormGrad: (...args) => batchNormGrad(heap, ...args),
});
