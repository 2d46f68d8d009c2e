/** @file The kernels of layers: normalisation, convolution and pooling. */
export * from "./all-finite";
export * from "./batch-norm";
export * from "./columns";
export { convolve, convolveWeightParts, convolveWeightSum, packConvWeights } from "./conv";
export * from "./depthwise-conv";
export * from "./norms";
export * from "./norms-grad";
export * from "./norms-param-grad";
export * from "./pools";
export * from "./winograd";
