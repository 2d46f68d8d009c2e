import type { OnHeap } from "../on-heap";

/**
 * The largest of `n` numbers, `stride` apart from index `at`, and the logarithm of Σ exp(x − max). They are returned
 * separately, since their sum would round the smaller one away.
 */
export function shiftedLogSum(
  x: Float32Array,
  at: number,
  n: number,
  stride = 1,
): { max: number; logSum: number } {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) max = Math.max(max, x[at + i * stride]!);
  if (!Number.isFinite(max)) return { max, logSum: 0 };
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.exp(x[at + i * stride]! - max);
  return { max, logSum: Math.log(sum) };
}

/** Softmax over `n` numbers, `stride` apart from index `at`. All results are NaN when one input is NaN or +∞. */
export function softmaxOf(y: Float32Array, x: Float32Array, at: number, n: number, stride = 1) {
  const { max, logSum } = shiftedLogSum(x, at, n, stride);
  const level = max === Number.POSITIVE_INFINITY ? Number.NaN : max;
  for (let i = 0; i < n; i++) y[at + i * stride] = Math.exp(x[at + i * stride]! - level - logSum);
}

export const logSumExp: OnHeap["logSumExp"] = (heap, out, x, rows, n) => {
  const [y, from] = [heap.floats(out), heap.floats(x)];
  for (let row = 0; row < rows; row++) {
    const { max, logSum } = shiftedLogSum(from, row * n, n);
    y[row] = max + logSum;
  }
};

export const softmax: OnHeap["softmax"] = (heap, out, x, rows, n) => {
  const [y, from] = [heap.floats(out), heap.floats(x)];
  for (let row = 0; row < rows; row++) softmaxOf(y, from, row * n, n);
};

export const logSoftmax: OnHeap["logSoftmax"] = (heap, out, x, rows, n) => {
  const [y, from] = [heap.floats(out), heap.floats(x)];
  for (let row = 0; row < rows; row++) {
    const { max, logSum } = shiftedLogSum(from, row * n, n);
    for (let i = row * n; i < (row + 1) * n; i++) y[i] = from[i]! - max - logSum;
  }
};

/** dx = y · (dy − Σ dy·y) */
export const softmaxGrad: OnHeap["softmaxGrad"] = (heap, dx, dy, y, rows, n) => {
  const [out, upstream, ys] = [heap.floats(dx), heap.floats(dy), heap.floats(y)];
  for (let row = 0; row < rows; row++) {
    let dot = 0;
    for (let i = row * n; i < (row + 1) * n; i++) dot += upstream[i]! * ys[i]!;
    for (let i = row * n; i < (row + 1) * n; i++) out[i] = ys[i]! * (upstream[i]! - dot);
  }
};

/** dx = dy − exp(y) · Σ dy */
export const logSoftmaxGrad: OnHeap["logSoftmaxGrad"] = (heap, dx, dy, y, rows, n) => {
  const [out, upstream, ys] = [heap.floats(dx), heap.floats(dy), heap.floats(y)];
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = row * n; i < (row + 1) * n; i++) sum += upstream[i]!;
    for (let i = row * n; i < (row + 1) * n; i++) out[i] = upstream[i]! - Math.exp(ys[i]!) * sum;
  }
};
