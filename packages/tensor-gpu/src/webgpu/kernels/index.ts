/** @file The kernels of the contract that there are in WGSL, and no other export. */

export { addScaled, arithmetic, compare, where } from "./binary";
export { copy, fill } from "./memory";
export { unary, unaryGrad } from "./unary";
