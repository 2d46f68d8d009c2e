/** @file Layer normalisation and root-mean-square normalisation over rows of n. Items are rows. */
import { Constant, constant } from "./curves";
import { loadPart, storePart } from "./lanes";
import { madd } from "./math";
import { rowSquares, rowSum } from "./row-sums";
import { addressAt, floatAt, intAt, place } from "./slots";

/** out = (x − mean)·inverse·weight + bias; weight and bias may be 0. */
@inline function scaleRow(out: usize, x: usize, n: i32, mean: f32, inverse: f32, weight: usize, bias: usize): void {
  const center = f32x4.splat(mean), factor = f32x4.splat(inverse);
  if (weight != 0 && bias != 0) {
    for (; n >= 4; n -= 4, out += 16, x += 16, weight += 16, bias += 16) {
      const y = f32x4.mul(f32x4.sub(v128.load(x), center), factor);
      v128.store(out, madd(y, v128.load(weight), v128.load(bias)));
    }
  }
  for (; n > 0; n -= 4, out += 16, x += 16) {
    let y = f32x4.mul(f32x4.sub(loadPart(x, n), center), factor);
    const w = weight != 0 ? loadPart(weight, n) : constant(Constant.one);
    y = bias != 0 ? madd(y, w, loadPart(bias, n)) : f32x4.mul(y, w);
    storePart(out, y, n);
    if (weight != 0) weight += 16;
    if (bias != 0) bias += 16;
  }
}

/** Slots: out, stats, x, weight, bias, n, eps. */
export function layerNorm(args: usize, begin: i32, end: i32): void {
  const n = intAt(args, 5), eps = floatAt(args, 6);
  for (let row = begin; row < end; row++) {
    const x = place(addressAt(args, 2), row * n), stats = place(addressAt(args, 1), 2 * row);
    const mean = rowSum(x, n) / <f32>n;
    const inverse: f32 = 1 / sqrt(rowSquares(x, n, mean) / <f32>n + eps);
    store<f32>(stats, mean);
    store<f32>(stats, inverse, 4);
    scaleRow(place(addressAt(args, 0), row * n), x, n, mean, inverse, addressAt(args, 3), addressAt(args, 4));
  }
}

/** Slots: out, stats, x, weight, n, eps. */
export function rmsNorm(args: usize, begin: i32, end: i32): void {
  const n = intAt(args, 4), eps = floatAt(args, 5);
  for (let row = begin; row < end; row++) {
    const x = place(addressAt(args, 2), row * n);
    const inverse: f32 = 1 / sqrt(rowSquares(x, n, 0) / <f32>n + eps);
    store<f32>(place(addressAt(args, 1), row), inverse);
    scaleRow(place(addressAt(args, 0), row * n), x, n, 0, inverse, addressAt(args, 3), 0);
  }
}
