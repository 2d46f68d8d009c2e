/** @file The kernels of weights as GGML's blocks hold them, and of float16. */
export { blockDots, quantizeBlocks, sampleDots } from "./block-dots";
export { encodeBlocks, widenBlocks } from "./block-rows";
export { blockTiles, quantizeWide } from "./block-tiles";
export { longDots } from "./long-dots";
export { quantizeLong } from "./long-rows";
export { longTiles } from "./long-tiles";
