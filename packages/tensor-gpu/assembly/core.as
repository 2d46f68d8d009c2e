/** @file The kernels that every bundle holds: those of tensors' methods. */
export { packsB } from "./product-paths";
export * from "./binary";
export * from "./binary-where";
export { chooseCodes, expandCodes } from "./codes";
export { arrangeRows, compactRows, widenRows } from "./compact";
export { compactDots, quantizeRows } from "./compact-dots";
export * from "./gather";
export * from "./gemm";
export * from "./memory";
export * from "./product-list";
export * from "./random";
export * from "./reduce";
export * from "./reduce-arg";
export * from "./reduce-cumsum";
export * from "./softmax";
export * from "./sort";
export * from "./unary";
export * from "./unary-grad";
