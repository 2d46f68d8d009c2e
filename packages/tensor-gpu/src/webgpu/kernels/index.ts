/** @file The kernels of the contract that there are in WGSL, and no other export. */

export { attention } from "./attention";
export { attentionGrad } from "./attention-grad";
export { addScaled, arithmetic, compare, where } from "./binary";
export { gemm } from "./gemm";
export { groupedGemm, groupedGemmWeight } from "./grouped-gemm";
export { copy, fill } from "./memory";
export { rope } from "./rope";
export { unary, unaryGrad } from "./unary";
