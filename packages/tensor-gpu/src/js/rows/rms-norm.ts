import type { View } from "../../backend/view";
import type { Heap } from "../heap";
import { lastAxis, leadingSize } from "../strides";

/** @see Zhang & Sennrich 2019, "Root mean square layer normalization", equation 4 */
export function rmsNorm(
  heap: Heap,
  out: View,
  stats: View,
  x: View,
  weight: View | null,
  eps: number,
): void {
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
}

/** With x̂ = x/rms and g = dy·weight: dx = (g − x̂·mean(g·x̂))/rms. */
export function rmsNormGrad(
  heap: Heap,
  dx: View,
  dy: View,
  x: View,
  weight: View | null,
  stats: View,
): void {
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
}

export function rmsNormParamGrad(heap: Heap, dweight: View, dy: View, x: View, stats: View): void {
  const [upstream, from, inverses] = [heap.floats(dy), heap.floats(x), heap.floats(stats)];
  const n = lastAxis(x);
  const sums = new Float64Array(n);
  for (let row = 0; row < leadingSize(x); row++)
    for (let i = 0; i < n; i++)
      sums[i]! += upstream[row * n + i]! * from[row * n + i]! * inverses[row]!;
  heap.floats(dweight).set(sums);
}
