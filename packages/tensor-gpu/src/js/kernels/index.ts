/** @file The kernels of the contract, and no other export. */

export { attention } from "./attention";
export { attentionGrad } from "./attention-grad";
export { addScaled, arithmetic, compare, where } from "./binary";
export { col2im, im2col } from "./columns";
export { crossEntropy, crossEntropyGrad } from "./cross-entropy";
export { depthwiseConv, depthwiseConvGrad } from "./depthwise-conv";
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
export { adamw, sgd, squaredNorms } from "./optimisers";
export { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from "./pools";
export { dropout, random } from "./random";
export { argReduce, cumsum, reduce } from "./reduce";
export { rope } from "./rope";
export {
  segmentArgMax,
  segmentDot,
  segmentReduce,
  segmentSoftmax,
  segmentSoftmaxGrad,
} from "./segments";
export { logSoftmax, logSoftmaxGrad, logSumExp, softmax, softmaxGrad } from "./softmax";
export { sort } from "./sort";
export { swiglu, swigluGrad } from "./swiglu";
export { unary, unaryGrad } from "./unary";
