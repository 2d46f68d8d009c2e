/** @file Layer normalisation and root-mean-square normalisation over rows of n. Items are rows. */
import { place } from "./arguments";
import { load4, store4 } from "./lanes";
import { madd } from "./math";
import { rowSquares, rowSum } from "./row-sums";

/** Up to four elements of (x − center)·factor·weight + bias. */
@inline function scale4(
  hasWeight: bool, hasBias: bool, out: usize, x: usize, weight: usize, bias: usize, center: v128, factor: v128, count: i32,
): void {
  let y = f32x4.mul(f32x4.sub(load4(x, count), center), factor);
  if (hasWeight && hasBias) y = madd(y, load4(weight, count), load4(bias, count));
  else if (hasWeight) y = f32x4.mul(y, load4(weight, count));
  else if (hasBias) y = f32x4.add(y, load4(bias, count));
  store4(out, y, count);
}

@inline function scaleRowAs(
  hasWeight: bool, hasBias: bool, out: usize, x: usize, n: i32, center: v128, factor: v128, weight: usize, bias: usize,
): void {
  for (; n >= 4; n -= 4, out += 16, x += 16) {
    scale4(hasWeight, hasBias, out, x, weight, bias, center, factor, 4);
    if (hasWeight) weight += 16;
    if (hasBias) bias += 16;
  }
  if (n > 0) scale4(hasWeight, hasBias, out, x, weight, bias, center, factor, n);
}

/** One row; weight and bias may be 0. */
function scaleRow(out: usize, x: usize, n: i32, mean: f32, inverse: f32, weight: usize, bias: usize): void {
  const center = f32x4.splat(mean), factor = f32x4.splat(inverse);
  if (weight != 0 && bias != 0) scaleRowAs(true, true, out, x, n, center, factor, weight, bias);
  else if (weight != 0) scaleRowAs(true, false, out, x, n, center, factor, weight, 0);
  else if (bias != 0) scaleRowAs(false, true, out, x, n, center, factor, 0, bias);
  else scaleRowAs(false, false, out, x, n, center, factor, 0, 0);
}

@unmanaged class LayerNorm {
  out: usize;
  stats: usize;
  x: usize;
  weight: usize;
  bias: usize;
  n: i32;
  eps: f32;
}

export function layerNorm(args: LayerNorm, begin: i32, end: i32): void {
  const n = args.n, eps = args.eps;
  for (let row = begin; row < end; row++) {
    const x = place(args.x, row * n), stats = place(args.stats, 2 * row);
    const mean = rowSum(x, n) / <f32>n;
    const inverse: f32 = 1 / sqrt(rowSquares(x, n, mean) / <f32>n + eps);
    store<f32>(stats, mean);
    store<f32>(stats, inverse, 4);
    scaleRow(place(args.out, row * n), x, n, mean, inverse, args.weight, args.bias);
  }
}

@unmanaged class RmsNorm {
  out: usize;
  stats: usize;
  x: usize;
  weight: usize;
  n: i32;
  eps: f32;
}

export function rmsNorm(args: RmsNorm, begin: i32, end: i32): void {
  const n = args.n, eps = args.eps;
  for (let row = begin; row < end; row++) {
    const x = place(args.x, row * n);
    const inverse: f32 = 1 / sqrt(rowSquares(x, n, 0) / <f32>n + eps);
    store<f32>(place(args.stats, row), inverse);
    scaleRow(place(args.out, row * n), x, n, 0, inverse, args.weight, 0);
  }
}
