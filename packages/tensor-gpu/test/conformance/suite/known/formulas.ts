/** @file Textbook formulas in double precision, written without regard to overflow or speed. */
import type { UnaryOp } from "../../../../src/backend/kernels";

/** ∫₀ˣ 2/√π·e^(−t²) dt by Simpson's rule. */
export function erfByIntegral(x: number): number {
  const panels = 400;
  const step = x / panels;
  let sum = 1 + Math.exp(-x * x);
  for (let i = 1; i < panels; i++) sum += (i % 2 === 0 ? 2 : 4) * Math.exp(-((i * step) ** 2));
  return (sum * step * 2) / (3 * Math.sqrt(Math.PI));
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

export const UNARY_FORMULAS: Record<UnaryOp, (x: number, parameter: number) => number> = {
  neg: (x) => 0 - x,
  abs: (x) => Math.sqrt(x * x),
  sign: (x) => x / Math.abs(x),
  exp: (x) => Math.E ** x,
  expm1: (x) => Math.exp(x) - 1,
  log: (x) => Math.log2(x) * Math.LN2,
  log1p: (x) => Math.log(1 + x),
  sqrt: (x) => x ** 0.5,
  rsqrt: (x) => x ** -0.5,
  reciprocal: (x) => 1 / x,
  square: (x) => x ** 2,
  sin: Math.sin,
  cos: (x) => Math.sin(x + Math.PI / 2),
  tanh: (x) => (Math.exp(x) - Math.exp(-x)) / (Math.exp(x) + Math.exp(-x)),
  sigmoid,
  logSigmoid: (x) => Math.log(sigmoid(x)),
  softplus: (x) => Math.log(1 + Math.exp(x)),
  relu: (x) => (x + Math.abs(x)) / 2,
  leakyRelu: (x, slope) => (x > 0 ? x : slope * x),
  elu: (x, alpha) => (x > 0 ? x : alpha * (Math.exp(x) - 1)),
  gelu: (x) => (x / 2) * (1 + erfByIntegral(x / Math.SQRT2)),
  geluTanh: (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  silu: (x) => x * sigmoid(x),
  erf: erfByIntegral,
  powScalar: (x, exponent) => Math.exp(exponent * Math.log(x)),
  floor: (x) => x - (((x % 1) + 1) % 1),
  ceil: (x) => x + ((1 - (x % 1)) % 1),
  round: (x) => Number(x.toFixed(0)),
};

/** Applies `f` to each row of length `n`. */
export const byRows = (x: readonly number[], n: number, f: (row: number[]) => number[]): number[] =>
  Array.from({ length: x.length / n }, (_, row) => f(x.slice(row * n, (row + 1) * n))).flat();

export const sum = (x: readonly number[]) => x.reduce((a, b) => a + b, 0);
const meanOf = (x: readonly number[]) => sum(x) / x.length;

export function softmaxRow(x: readonly number[]): number[] {
  const total = sum(x.map(Math.exp));
  return x.map((value) => Math.exp(value) / total);
}

export const logSumExpRow = (x: readonly number[]) => Math.log(sum(x.map(Math.exp)));

/** Cross entropy of softmax(x) with the smoothed target distribution, term by term. */
export function crossEntropyRow(x: readonly number[], target: number, smoothing: number): number {
  const wanted = x.map((_, j) => (j === target ? 1 - smoothing : 0) + smoothing / x.length);
  return -sum(softmaxRow(x).map((p, j) => wanted[j]! * Math.log(p)));
}

export function layerNormRow(
  x: readonly number[],
  weight: readonly number[],
  bias: readonly number[],
  eps: number,
): number[] {
  const mean = meanOf(x);
  const deviation = Math.sqrt(meanOf(x.map((value) => (value - mean) ** 2)) + eps);
  return x.map((value, i) => ((value - mean) / deviation) * weight[i]! + bias[i]!);
}

export function rmsNormRow(x: readonly number[], weight: readonly number[], eps: number): number[] {
  const rms = Math.sqrt(meanOf(x.map((value) => value * value)) + eps);
  return x.map((value, i) => (value / rms) * weight[i]!);
}
