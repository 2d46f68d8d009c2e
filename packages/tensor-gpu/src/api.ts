/** @file Everything that the package exports. */
import "./methods";

export { backward, grad } from "./autograd/backward";
export { checkpoint, isRecomputing } from "./autograd/checkpoint";
export { type Recording, recordStep } from "./autograd/record-step";
export { keep, scope, tidy } from "./autograd/scope";
export { enableGrad, noGrad, tracked } from "./autograd/track";
export type { Backend } from "./backend/backend";
export { compactBytes } from "./backend/compact-format";
export { getBackend } from "./backend/current";
export type * from "./backend/kernels";
export { type MemoryReport, memory, peakMemory } from "./backend/live-bytes";
export { measurePeakBytes } from "./backend/peak-bytes";
export type { Pages } from "./backend/shortcuts";
export type { CompactType, DType } from "./backend/view";
export { setBackend } from "./backends";
export { createBlasBackend } from "./blas";
export { useBestBackend } from "./choosing/use-best-backend";
export { TensorError, type TensorErrorCode } from "./errors";
export * from "./files";
export { createGpuBackend, useGPU } from "./gpu";
export * as inference from "./inference";
export { createJsBackend } from "./js";
export * as nn from "./nn";
export * from "./ops/attention";
export * from "./ops/binary";
export { convTranspose2d } from "./ops/conv-transpose";
export * from "./ops/create";
export * from "./ops/cross-entropy";
export * from "./ops/csr";
export { cumprod } from "./ops/cumprod";
export * from "./ops/experts";
export * from "./ops/images";
export { copy_, fill_ } from "./ops/in-place";
export * from "./ops/indexing";
export { interpolateBilinear } from "./ops/interpolate";
export * from "./ops/joins";
export { linearCrossEntropy } from "./ops/linear-cross-entropy";
export * from "./ops/loss";
export { einsum, linear, matmul } from "./ops/matmul";
export { groupNorm, layerNorm, rmsNorm } from "./ops/norms";
export {
  amax,
  amin,
  argmax,
  argmin,
  cumsum,
  logSumExp,
  mean,
  norm,
  prod,
  std,
  sum,
  variance,
} from "./ops/reduce";
export * from "./ops/segments";
export * from "./ops/shape-ops";
export * from "./ops/softmax";
export * from "./ops/sort";
export * from "./ops/swiglu";
export { astype, to, toBackend } from "./ops/to";
export {
  abs,
  ceil,
  cos,
  elu,
  erf,
  exp,
  expm1,
  floor,
  gelu,
  leakyRelu,
  log,
  log1p,
  logSigmoid,
  neg,
  reciprocal,
  relu,
  round,
  rsqrt,
  sigmoid,
  sign,
  silu,
  sin,
  softplus,
  sqrt,
  square,
  tanh,
} from "./ops/unary";
export * as optim from "./optim";
export {
  bernoulli,
  defaultGenerator,
  dropout,
  Generator,
  type GeneratorState,
  manualSeed,
  normal_,
  rand,
  randint,
  randn,
  uniform_,
} from "./random";
export { abortable } from "./tensor/abortable";
export { CompactTensor } from "./tensor/compact-tensor";
export type { Shape } from "./tensor/shape";
export { Tensor } from "./tensor/tensor";
export {
  createWasmBackend,
  type LaunchTimes,
  measurePeak,
  timeLaunches,
  type WasmBackend,
} from "./wasm";
export { createWebGpuBackend, useWebGpu } from "./webgpu";
export { tuneWebGpu } from "./webgpu/tune-web-gpu";
