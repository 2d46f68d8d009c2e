/** @file The shortcuts of the contract, and no other export. */
export { batchNorm, batchNormGrad } from "./batch-norm";
export { conv, convGradInput, convGradWeight } from "./conv";
export { linear } from "./gemm";
