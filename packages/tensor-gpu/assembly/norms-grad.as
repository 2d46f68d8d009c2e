/**
 * @file Gradients of the normalisations with respect to their input. With x̂ = (x − mean)·inverse and g = dy·weight:
 * dx = (g − mean(g) − x̂·mean(g·x̂))·inverse, without mean(g) for root-mean-square normalisation. Items are rows.
 */
import { place } from "./arguments";
import { load4, store4 } from "./lanes";
import { madd, nmadd, sumLanes } from "./math";

@inline function gradient(hasWeight: bool, dy: usize, weight: usize, count: i32): v128 {
  const g = load4(dy, count);
  return hasWeight ? f32x4.mul(g, load4(weight, count)) : g;
}

/** Up to four elements of (g − mean(g) − x̂·mean(g·x̂))·inverse. */
@inline function grad4(
  isCentred: bool, hasWeight: bool, dx: usize, dy: usize, x: usize, weight: usize,
  center: v128, factor: v128, meanOfGradient: v128, meanOfProduct: v128, count: i32,
): void {
  let g = gradient(hasWeight, dy, weight, count);
  if (isCentred) g = f32x4.sub(g, meanOfGradient);
  const normal = f32x4.mul(f32x4.sub(load4(x, count), center), factor);
  store4(dx, f32x4.mul(nmadd(normal, meanOfProduct, g), factor), count);
}

@inline function gradRow(
  isCentred: bool, hasWeight: bool, dx: usize, dy: usize, x: usize, weight: usize, n: i32, mean: f32, inverse: f32,
): void {
  const center = f32x4.splat(mean), factor = f32x4.splat(inverse);
  let sum = f32x4.splat(0), dot = sum, sum2 = sum, dot2 = sum, offset: usize = 0, left = n;
  for (; left >= 8; left -= 8, offset += 32) { // two vectors in flight
    const g = gradient(hasWeight, dy + offset, weight + offset, 4);
    const h = gradient(hasWeight, dy + offset + 16, weight + offset + 16, 4);
    if (isCentred) {
      sum = f32x4.add(sum, g);
      sum2 = f32x4.add(sum2, h);
    }
    dot = madd(g, f32x4.sub(v128.load(x + offset), center), dot);
    dot2 = madd(h, f32x4.sub(v128.load(x + offset, 16), center), dot2);
  }
  for (; left > 0; left -= 4, offset += 16) {
    const g = gradient(hasWeight, dy + offset, weight + offset, left); // 0 beyond the end
    if (isCentred) sum = f32x4.add(sum, g);
    dot = madd(g, f32x4.sub(load4(x + offset, left), center), dot);
  }
  const meanOfGradient = f32x4.splat(sumLanes(f32x4.add(sum, sum2)) / <f32>n);
  const meanOfProduct = f32x4.splat((inverse * sumLanes(f32x4.add(dot, dot2))) / <f32>n);
  for (left = n; left >= 4; left -= 4, dx += 16, dy += 16, x += 16) {
    grad4(isCentred, hasWeight, dx, dy, x, weight, center, factor, meanOfGradient, meanOfProduct, 4);
    if (hasWeight) weight += 16;
  }
  if (left > 0) grad4(isCentred, hasWeight, dx, dy, x, weight, center, factor, meanOfGradient, meanOfProduct, left);
}

@unmanaged class NormGrad {
  dx: usize;
  dy: usize;
  x: usize;
  weight: usize; // or 0
  stats: usize;
  n: i32;
}

export function layerNormGrad(args: NormGrad, begin: i32, end: i32): void {
  const weight = args.weight, n = args.n;
  for (let row = begin; row < end; row++) {
    const at = row * n, stats = place(args.stats, 2 * row), mean = load<f32>(stats), inverse = load<f32>(stats, 4);
    const dx = place(args.dx, at), dy = place(args.dy, at), x = place(args.x, at);
    if (weight != 0) gradRow(true, true, dx, dy, x, weight, n, mean, inverse);
    else gradRow(true, false, dx, dy, x, 0, n, mean, inverse);
  }
}

export function rmsNormGrad(args: NormGrad, begin: i32, end: i32): void {
  const weight = args.weight, n = args.n;
  for (let row = begin; row < end; row++) {
    const at = row * n, inverse = load<f32>(place(args.stats, row));
    const dx = place(args.dx, at), dy = place(args.dy, at), x = place(args.x, at);
    if (weight != 0) gradRow(false, true, dx, dy, x, weight, n, 0, inverse);
    else gradRow(false, false, dx, dy, x, 0, n, 0, inverse);
  }
}
