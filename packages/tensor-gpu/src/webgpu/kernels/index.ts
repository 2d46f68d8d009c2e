/** @file The kernels of the contract that there are in WGSL, and no other export. */

export { addScaled, arithmetic, compare, where } from "./binary";
export { crossEntropy, crossEntropyGrad } from "./cross-entropy";
export { combineRows, countingSort, expandRows, rowDots } from "./experts";
export { firstOutOfRange, gather, gatherRows, scatter, scatterAddRows } from "./gather";
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
export { softmax, softmaxGrad } from "./softmax";
export { sort } from "./sort";
export { swiglu, swigluGrad } from "./swiglu";
export { unary, unaryGrad } from "./unary";
