/** @file The kernels of the contract that there are in WGSL, and no other export. */

export { attention } from "./attention";
export { attentionGrad } from "./attention-grad";
export { addScaled, arithmetic, compare, where } from "./binary";
export { crossEntropy, crossEntropyGrad } from "./cross-entropy";
export { combineRows, countingSort, expandRows, rowDots } from "./experts";
export { firstOutOfRange, gather, gatherRows, scatter, scatterAddRows } from "./gather";
export { gemm } from "./gemm";
export { groupedGemm, groupedGemmWeight } from "./grouped-gemm";
export { copy, fill } from "./memory";
export {
  layerNorm,
  layerNormGrad,
  layerNormParamGrad,
  rmsNorm,
  rmsNormGrad,
  rmsNormParamGrad,
} from "./norms";
export { adamw, squaredNorms } from "./optimisers";
export { dropout, random } from "./random";
export { argReduce, reduce } from "./reduce";
export { rope } from "./rope";
export { softmax, softmaxGrad } from "./softmax";
export { sort } from "./sort";
export { swiglu, swigluGrad } from "./swiglu";
export { unary, unaryGrad } from "./unary";
