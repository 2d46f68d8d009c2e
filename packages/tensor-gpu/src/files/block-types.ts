import { blockFamily } from "../wasm/kernels/block-family";
import { blockKernels } from "../wasm/kernels/blocks";

/**
 * Lets tensors be converted to `"float16"`, `"q4_0"` and `"q5_0"` by `to` and `set`. `fillTensor` calls it for what is read from
 * files. It is a function of its own so that a page that has no such weights need not load their kernels.
 */
export function enableBlockTypes(): void {
  blockFamily.make = blockKernels;
}
