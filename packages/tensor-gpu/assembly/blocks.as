/** @file The kernels of weights as GGML's blocks hold them, and of float16. */
export * from "./block-dots";
export * from "./block-rows";
export * from "./block-tiles";
