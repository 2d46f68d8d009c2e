/**
 * @file Gradients of the normalisations with respect to their input. With x̂ = (x − mean)·inverse and g = dy·weight:
 * dx = (g − mean(g) − x̂·mean(g·x̂))·inverse, without mean(g) for root-mean-square normalisation. Items are rows.
 */
import { loadPart, storePart } from "./lanes";
import { madd, nmadd, sumLanes } from "./math";
import { addressAt, intAt, place } from "./slots";

@inline function gradient(dy: usize, weight: usize, offset: usize): v128 {
  const g = v128.load(dy + offset);
  return weight != 0 ? f32x4.mul(g, v128.load(weight + offset)) : g;
}

@inline function gradientPart(dy: usize, weight: usize, offset: usize, count: i32): v128 {
  const g = loadPart(dy + offset, count);
  return weight != 0 ? f32x4.mul(g, loadPart(weight + offset, count)) : g;
}

@inline function gradRow(
  isCentred: bool, dx: usize, dy: usize, x: usize, weight: usize, n: i32, mean: f32, inverse: f32,
): void {
  const center = f32x4.splat(mean), factor = f32x4.splat(inverse);
  let sum = f32x4.splat(0), dot = sum, offset: usize = 0, left = n;
  for (; left >= 4; left -= 4, offset += 16) {
    const g = gradient(dy, weight, offset);
    if (isCentred) sum = f32x4.add(sum, g);
    dot = madd(g, f32x4.mul(f32x4.sub(v128.load(x + offset), center), factor), dot);
  }
  if (left > 0) {
    const g = gradientPart(dy, weight, offset, left); // 0 beyond the end
    if (isCentred) sum = f32x4.add(sum, g);
    dot = madd(g, f32x4.mul(f32x4.sub(loadPart(x + offset, left), center), factor), dot);
  }
  const meanOfGradient = f32x4.splat(sumLanes(sum) / <f32>n), meanOfProduct = f32x4.splat(sumLanes(dot) / <f32>n);
  offset = 0;
  for (left = n; left > 0; left -= 4, offset += 16) {
    const whole = left >= 4;
    let g = whole ? gradient(dy, weight, offset) : gradientPart(dy, weight, offset, left);
    const input = whole ? v128.load(x + offset) : loadPart(x + offset, left);
    if (isCentred) g = f32x4.sub(g, meanOfGradient);
    const normal = f32x4.mul(f32x4.sub(input, center), factor);
    const result = f32x4.mul(nmadd(normal, meanOfProduct, g), factor);
    if (whole) v128.store(dx + offset, result);
    else storePart(dx + offset, result, left);
  }
}

/** Slots: dx, dy, x, weight or 0, stats, n. */
export function layerNormGrad(args: usize, begin: i32, end: i32): void {
  const weight = addressAt(args, 3), n = intAt(args, 5);
  for (let row = begin; row < end; row++) {
    const at = row * n, stats = place(addressAt(args, 4), 2 * row);
    const dx = place(addressAt(args, 0), at), dy = place(addressAt(args, 1), at), x = place(addressAt(args, 2), at);
    gradRow(true, dx, dy, x, weight, n, load<f32>(stats), load<f32>(stats, 4));
  }
}

/** Slots: dx, dy, x, weight or 0, stats, n. */
export function rmsNormGrad(args: usize, begin: i32, end: i32): void {
  const weight = addressAt(args, 3), n = intAt(args, 5);
  for (let row = begin; row < end; row++) {
    const at = row * n, inverse = load<f32>(place(addressAt(args, 4), row));
    const dx = place(addressAt(args, 0), at), dy = place(addressAt(args, 1), at), x = place(addressAt(args, 2), at);
    gradRow(false, dx, dy, x, weight, n, 0, inverse);
  }
}
