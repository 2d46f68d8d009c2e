import type { OnHeap } from "../on-heap";
import { lastAxis, leadingSize } from "../strides";

/** @see Ba et al. 2016, "Layer normalization", equations 3 and 4; the variance is divided by n */
export const layerNorm: OnHeap["layerNorm"] = (heap, out, stats, x, weight, bias, eps) => {
  const [y, from, moments] = [heap.floats(out), heap.floats(x), heap.floats(stats)];
  const [w, b] = [weight && heap.floats(weight), bias && heap.floats(bias)];
  const n = lastAxis(x);
  for (let row = 0; row < leadingSize(x); row++) {
    const [mean, inverse] = momentsOf(from.subarray(row * n, (row + 1) * n), eps);
    moments[2 * row] = mean;
    moments[2 * row + 1] = inverse;
    for (let i = 0; i < n; i++)
      y[row * n + i] = (from[row * n + i]! - mean) * inverse * (w?.[i] ?? 1) + (b?.[i] ?? 0);
  }
};

/** Mean and 1/√(variance + eps). */
function momentsOf(x: Float32Array, eps: number): [number, number] {
  let sum = 0;
  for (const value of x) sum += value;
  const mean = sum / x.length;
  let squares = 0;
  for (const value of x) squares += (value - mean) ** 2;
  return [mean, 1 / Math.sqrt(squares / x.length + eps)];
}

/** With x̂ = (x − mean)/deviation and g = dy·weight: dx = (g − mean(g) − x̂·mean(g·x̂))/deviation. */
export const layerNormGrad: OnHeap["layerNormGrad"] = (heap, dx, dy, x, weight, stats) => {
  const [out, upstream, from] = [heap.floats(dx), heap.floats(dy), heap.floats(x)];
  const [moments, w] = [heap.floats(stats), weight && heap.floats(weight)];
  const n = lastAxis(x);
  for (let row = 0; row < leadingSize(x); row++) {
    const [mean, inverse] = [moments[2 * row]!, moments[2 * row + 1]!];
    const normal = (i: number) => (from[row * n + i]! - mean) * inverse;
    const gradient = (i: number) => upstream[row * n + i]! * (w?.[i] ?? 1);
    let [sum, dot] = [0, 0];
    for (let i = 0; i < n; i++) {
      sum += gradient(i);
      dot += gradient(i) * normal(i);
    }
    for (let i = 0; i < n; i++)
      out[row * n + i] = (gradient(i) - sum / n - (normal(i) * dot) / n) * inverse;
  }
};

export const layerNormParamGrad: OnHeap["layerNormParamGrad"] = (
  heap,
  dweight,
  dbias,
  dy,
  x,
  stats,
) => {
  const [upstream, from, moments] = [heap.floats(dy), heap.floats(x), heap.floats(stats)];
  const n = lastAxis(x);
  const [weightSums, biasSums] = [new Float64Array(n), new Float64Array(n)];
  for (let row = 0; row < leadingSize(x); row++)
    for (let i = 0; i < n; i++) {
      const g = upstream[row * n + i]!;
      weightSums[i]! += g * (from[row * n + i]! - moments[2 * row]!) * moments[2 * row + 1]!;
      biasSums[i]! += g;
    }
  if (dweight !== null) heap.floats(dweight).set(weightSums);
  if (dbias !== null) heap.floats(dbias).set(biasSums);
};

/** @see Zhang & Sennrich 2019, "Root mean square layer normalization", equation 4 */
export const rmsNorm: OnHeap["rmsNorm"] = (heap, out, stats, x, weight, eps) => {
  const [y, from, inverses] = [heap.floats(out), heap.floats(x), heap.floats(stats)];
  const w = weight && heap.floats(weight);
  const n = lastAxis(x);
  for (let row = 0; row < leadingSize(x); row++) {
    let squares = 0;
    for (let i = 0; i < n; i++) squares += from[row * n + i]! ** 2;
    const inverse = 1 / Math.sqrt(squares / n + eps);
    inverses[row] = inverse;
    for (let i = 0; i < n; i++) y[row * n + i] = from[row * n + i]! * inverse * (w?.[i] ?? 1);
  }
};

/** With x̂ = x/rms and g = dy·weight: dx = (g − x̂·mean(g·x̂))/rms. */
export const rmsNormGrad: OnHeap["rmsNormGrad"] = (heap, dx, dy, x, weight, stats) => {
  const [out, upstream, from] = [heap.floats(dx), heap.floats(dy), heap.floats(x)];
  const [inverses, w] = [heap.floats(stats), weight && heap.floats(weight)];
  const n = lastAxis(x);
  for (let row = 0; row < leadingSize(x); row++) {
    const inverse = inverses[row]!;
    const gradient = (i: number) => upstream[row * n + i]! * (w?.[i] ?? 1);
    let dot = 0;
    for (let i = 0; i < n; i++) dot += gradient(i) * from[row * n + i]! * inverse;
    for (let i = 0; i < n; i++)
      out[row * n + i] = (gradient(i) - (from[row * n + i]! * inverse * dot) / n) * inverse;
  }
};

export const rmsNormParamGrad: OnHeap["rmsNormParamGrad"] = (heap, dweight, dy, x, stats) => {
  const [upstream, from, inverses] = [heap.floats(dy), heap.floats(x), heap.floats(stats)];
  const n = lastAxis(x);
  const sums = new Float64Array(n);
  for (let row = 0; row < leadingSize(x); row++)
    for (let i = 0; i < n; i++)
      sums[i]! += upstream[row * n + i]! * from[row * n + i]! * inverses[row]!;
  heap.floats(dweight).set(sums);
};
