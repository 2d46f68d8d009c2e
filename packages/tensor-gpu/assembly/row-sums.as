/** @file Largest element, sums and dot products of contiguous rows, four vectors in flight. */
import { loadPart, loadPartOr } from "./lanes";
import { expNegative4, madd, maxLanes, sumLanes } from "./math";

/** Largest element; NaN are passed over, −∞ for an empty row. */
@inline export function rowMax(x: usize, n: i32): f32 {
  const none = f32x4.splat(-Infinity);
  let a = none, b = none, c = none, d = none;
  for (; n >= 16; n -= 16, x += 64) {
    a = f32x4.pmax(a, v128.load(x));
    b = f32x4.pmax(b, v128.load(x, 16));
    c = f32x4.pmax(c, v128.load(x, 32));
    d = f32x4.pmax(d, v128.load(x, 48));
  }
  for (; n >= 4; n -= 4, x += 16) a = f32x4.pmax(a, v128.load(x));
  if (n > 0) b = f32x4.pmax(b, loadPartOr(x, n, none));
  return maxLanes(f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d)));
}

/** Whether an element of the row is NaN. */
export function hasNaN(x: usize, n: i32): bool {
  let a = f32x4.splat(0), b = a;
  for (; n >= 8; n -= 8, x += 32) {
    const p = v128.load(x), q = v128.load(x, 16);
    a = v128.or(a, f32x4.ne(p, p));
    b = v128.or(b, f32x4.ne(q, q));
  }
  for (; n > 0; n -= 4, x += 16) {
    const p = loadPart(x, n);
    a = v128.or(a, f32x4.ne(p, p));
  }
  return v128.any_true(v128.or(a, b));
}

/** Σ e^(x − max), max being the largest element, or 0 for a row of −∞. */
export function rowExpSum(x: usize, n: i32, max: f32): f32 {
  const top = f32x4.splat(max);
  let a = f32x4.splat(0), b = a;
  for (; n >= 8; n -= 8, x += 32) {
    a = f32x4.add(a, expNegative4(f32x4.sub(v128.load(x), top)));
    b = f32x4.add(b, expNegative4(f32x4.sub(v128.load(x, 16), top)));
  }
  for (; n > 0; n -= 4, x += 16) {
    const v = loadPartOr(x, n, f32x4.splat(-Infinity));
    a = f32x4.add(a, expNegative4(f32x4.sub(v, top)));
  }
  return sumLanes(f32x4.add(a, b));
}

@inline export function rowSum(x: usize, n: i32): f32 {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  for (; n >= 16; n -= 16, x += 64) {
    a = f32x4.add(a, v128.load(x));
    b = f32x4.add(b, v128.load(x, 16));
    c = f32x4.add(c, v128.load(x, 32));
    d = f32x4.add(d, v128.load(x, 48));
  }
  for (; n >= 4; n -= 4, x += 16) a = f32x4.add(a, v128.load(x));
  if (n > 0) b = f32x4.add(b, loadPart(x, n));
  return sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
}

@inline export function rowDot(x: usize, y: usize, n: i32): f32 {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  for (; n >= 16; n -= 16, x += 64, y += 64) {
    a = madd(v128.load(x), v128.load(y), a);
    b = madd(v128.load(x, 16), v128.load(y, 16), b);
    c = madd(v128.load(x, 32), v128.load(y, 32), c);
    d = madd(v128.load(x, 48), v128.load(y, 48), d);
  }
  for (; n >= 4; n -= 4, x += 16, y += 16) a = madd(v128.load(x), v128.load(y), a);
  if (n > 0) b = madd(loadPart(x, n), loadPart(y, n), b);
  return sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
}

/** Σ (x − mean)². */
@inline export function rowSquares(x: usize, n: i32, mean: f32): f32 {
  const center = f32x4.splat(mean);
  let a = f32x4.splat(0), b = a, c = a, d = a;
  for (; n >= 16; n -= 16, x += 64) {
    const p = f32x4.sub(v128.load(x), center), q = f32x4.sub(v128.load(x, 16), center);
    const r = f32x4.sub(v128.load(x, 32), center), s = f32x4.sub(v128.load(x, 48), center);
    a = madd(p, p, a);
    b = madd(q, q, b);
    c = madd(r, r, c);
    d = madd(s, s, d);
  }
  for (; n > 0; n -= 4, x += 16) {
    const p = f32x4.sub(loadPartOr(x, n, center), center);
    a = madd(p, p, a);
  }
  return sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
}
