import { blockFamily } from "../wasm/kernels/block-family";

/**
 * Loads the kernels with which tensors are converted to `"float16"`, `"q4_0"` and `"q5_0"` by `to` and `set`. `fillTensor` calls
 * it for what is read from files. A page that has no such weights need not load them. From then on `"int8"` is multiplied in whole
 * numbers by more than 12 rows, too, which rounds their activations.
 */
export async function enableBlockTypes(): Promise<void> {
  blockFamily.make = (await import("../wasm/kernels/blocks")).blockKernels;
}
