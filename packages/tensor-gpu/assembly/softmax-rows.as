/** @file Softmax and its kin on one row. */
import { load4, loadPart, loadPartOr, store4, storePart } from "./lanes";
import { expNegative4, log, sumLanes } from "./math";
import { hasNaN, rowDot, rowExpSum, rowMax } from "./row-sums";

/** out = e^(x − max), and the sum of it. */
@inline function expRow(out: usize, x: usize, n: i32, max: f32): f32 {
  const top = f32x4.splat(max);
  let a = f32x4.splat(0), b = a;
  for (; n >= 8; n -= 8, x += 32, out += 32) {
    const p = expNegative4(f32x4.sub(v128.load(x), top)), q = expNegative4(f32x4.sub(v128.load(x, 16), top));
    v128.store(out, p);
    v128.store(out, q, 16);
    a = f32x4.add(a, p);
    b = f32x4.add(b, q);
  }
  for (; n > 0; n -= 4, x += 16, out += 16) {
    const p = expNegative4(f32x4.sub(loadPartOr(x, n, f32x4.splat(-Infinity)), top));
    store4(out, p, n);
    a = f32x4.add(a, p);
  }
  return sumLanes(f32x4.add(a, b));
}

@inline function scaleRow(out: usize, n: i32, scale: f32): void {
  const factor = f32x4.splat(scale);
  for (; n >= 16; n -= 16, out += 64) {
    v128.store(out, f32x4.mul(v128.load(out), factor));
    v128.store(out, f32x4.mul(v128.load(out, 16), factor), 16);
    v128.store(out, f32x4.mul(v128.load(out, 32), factor), 32);
    v128.store(out, f32x4.mul(v128.load(out, 48), factor), 48);
  }
  for (; n > 0; n -= 4, out += 16) store4(out, f32x4.mul(load4(out, n), factor), n);
}

/** Softmax of one row; out may be x. */
export function softmaxRow(out: usize, x: usize, n: i32): void {
  scaleRow(out, n, 1 / expRow(out, x, n, rowMax(x, n)));
}

/** Largest element of a row, or 0 where that is −∞: what ln Σ eˣ is measured from. */
@inline export function rowTop(x: usize, n: i32): f32 {
  const top = rowMax(x, n);
  return top == -Infinity ? 0 : top;
}

/** ln Σ e^(x − top): −∞ when every element is −∞; 0 under an infinite top, which outweighs all but NaN. */
@inline export function logExpSumRow(x: usize, n: i32, top: f32): f32 {
  if (top == Infinity) return hasNaN(x, n) ? NaN : 0;
  return log(rowExpSum(x, n, top));
}

/** dx = y·(dy − Σ dy·y) of one row; dx may be dy. */
export function softmaxGradRow(dx: usize, dy: usize, y: usize, n: i32): void {
  const dot = f32x4.splat(rowDot(dy, y, n));
  for (; n >= 4; n -= 4, dx += 16, dy += 16, y += 16) {
    v128.store(dx, f32x4.mul(v128.load(y), f32x4.sub(v128.load(dy), dot)));
  }
  if (n > 0) storePart(dx, f32x4.mul(loadPart(y, n), f32x4.sub(loadPart(dy, n), dot)), n);
}
