/** @file What kernels are told besides their operands: operators by name, sizes and settings. */
import type { View } from "./view";

/** y = f(x). `parameter` is the slope of leakyRelu, the alpha of elu, the exponent of powScalar. */
export type UnaryOp =
  | "neg"
  | "abs"
  | "sign"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "sqrt"
  | "rsqrt"
  | "reciprocal"
  | "square"
  | "sin"
  | "cos"
  | "tanh"
  | "sigmoid"
  | "logSigmoid"
  | "softplus"
  | "relu"
  | "leakyRelu"
  | "elu"
  | "gelu" // with erf
  | "geluTanh"
  | "silu"
  | "erf"
  | "powScalar"
  | "floor"
  | "ceil"
  | "round"; // half to even

export type ArithmeticOp =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "pow"
  | "maximum"
  | "minimum"
  | "remainder";
export type CompareOp = "eq" | "ne" | "lt" | "le" | "gt" | "ge";
export type ReduceOp = "sum" | "mean" | "max" | "min" | "prod" | "sumSquares";
export type RandomKind = "uniform" | "normal" | "bernoulli";

/** C[b0,b1] (m×n, rows `cRow` apart, unit column stride) = A·B (+ C when `accumulate`). Strides in elements. */
export interface GemmShape {
  m: number;
  n: number;
  k: number;
  batch0: number;
  batch1: number;
  aRow: number;
  aCol: number;
  aBatch0: number;
  aBatch1: number;
  bRow: number;
  bCol: number;
  bBatch0: number;
  bBatch1: number;
  cRow: number;
  cBatch0: number;
  cBatch1: number;
  accumulate: boolean;
}

export interface AttentionOptions {
  scale: number;
  /** Query i sees keys j ≤ i + queryOffset. */
  causal: boolean;
  queryOffset: number;
  /** [batch, keys] int32, 0 hides a key; a query that sees no key gets zeros. */
  keyMask: View | null;
  /** [batch, keys] int32; query i sees the keys of segment i + keys − queries only. Default: all keys are of one segment. */
  segments?: View | null;
}

export interface ConvShape {
  batch: number;
  channels: number;
  height: number;
  width: number;
  kernelHeight: number;
  kernelWidth: number;
  outHeight: number;
  outWidth: number;
  strideY: number;
  strideX: number;
  padY: number;
  padX: number;
  dilationY: number;
  dilationX: number;
}

export interface AdamWOptions {
  lr: number;
  beta1: number;
  beta2: number;
  eps: number;
  /** Of this step, counted from 1: 1 − beta1^t and 1 − beta2^t. */
  biasCorrection1: number;
  biasCorrection2: number;
}

/** One parameter of a fused optimiser step; `m` and `v` are its slices of the optimiser's flat state. */
export interface OptimizerSlot {
  parameter: View;
  gradient: View;
  weightDecay: number;
  lrScale: number;
}
