/**
 * @file One query's row of scores. Rows lie in the thread's work area, 16-byte aligned and padded to whole vectors, so
 * vectors may run over the last visible key but never over the row.
 */
import { place } from "./arguments";
import { clearElements, laneMask, loadPart } from "./lanes";
import { expNegative4, exp4, log, madd, maxLanes, sumLanes } from "./math";
import { hasNaN } from "./row-sums";

/** Puts `value` in the places from `n` to the end of its vector: as a vector, since it is soon read as one. */
@inline function padVector(row: usize, n: i32, value: v128): void {
  if ((n & 3) == 0) return;
  const last = place(row, n & ~3);
  v128.store(last, v128.bitselect(v128.load(last), value, laneMask(n & 3)));
}

/** Puts `value` in the places of the keys that the mask hides. */
export function hideMasked(row: usize, mask: usize, n: i32, value: f32): void {
  for (let j = 0; j < n; j++) {
    if (load<i32>(place(mask, j)) == 0) store<f32>(place(row, j), value);
  }
}

/** Puts `value` in the places of the keys of other segments. */
export function hideForeign(row: usize, segments: usize, own: i32, n: i32, value: f32): void {
  const mine = i32x4.splat(own), hidden = f32x4.splat(value);
  for (; n >= 4; n -= 4, row += 16, segments += 16) {
    v128.store(row, v128.bitselect(v128.load(row), hidden, i32x4.eq(v128.load(segments), mine)));
  }
  for (let j = 0; j < n; j++) {
    if (load<i32>(place(segments, j)) != own) store<f32>(place(row, j), value);
  }
}

function multiplyRow(row: usize, n: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  const end = place(row, n);
  for (; row < end; row += 16) v128.store(row, f32x4.mul(v128.load(row), f));
}

function rowMaximum(row: usize, n: i32): f32 {
  const end = place(row, n);
  let a = f32x4.splat(-Infinity), b = a;
  for (; row + 32 <= end; row += 32) {
    a = f32x4.pmax(a, v128.load(row));
    b = f32x4.pmax(b, v128.load(row, 16));
  }
  for (; row < end; row += 16) a = f32x4.pmax(a, v128.load(row));
  return maxLanes(f32x4.pmax(a, b));
}

/**
 * Turns scores into e^(scale·score − max) over the first n keys, zeros from there to `total`, and returns their sum,
 * which is 0 when no key is visible and NaN when a visible score is. Stores max + ln sum at `lse` unless that is 0.
 */
export function expScores(
  row: usize, n: i32, total: i32, scale: f32, mask: usize, segments: usize, own: i32, lse: usize,
): f32 {
  if (scale <= 0) {
    multiplyRow(row, n, scale);
    scale = 1;
  }
  if (mask) hideMasked(row, mask, n, -Infinity);
  if (segments) hideForeign(row, segments, own, n, -Infinity);
  padVector(row, n, f32x4.splat(-Infinity));
  const max = rowMaximum(row, n);
  let sum: f32 = 0;
  if (max == -Infinity && !hasNaN(row, n)) clearElements(row, n);
  else {
    const top = f32x4.splat(max), factor = f32x4.splat(scale), end = place(row, n);
    let a = f32x4.splat(0), b = a, p = row;
    for (; p + 32 <= end; p += 32) {
      const x = expNegative4(f32x4.mul(f32x4.sub(v128.load(p), top), factor));
      const y = expNegative4(f32x4.mul(f32x4.sub(v128.load(p, 16), top), factor));
      v128.store(p, x);
      v128.store(p, y, 16);
      a = f32x4.add(a, x);
      b = f32x4.add(b, y);
    }
    for (; p < end; p += 16) {
      const x = expNegative4(f32x4.mul(f32x4.sub(v128.load(p), top), factor));
      v128.store(p, x);
      a = f32x4.add(a, x);
    }
    sum = sumLanes(f32x4.add(a, b));
  }
  if (lse) store<f32>(lse, max * scale + log(sum));
  clearRest(row, n, total);
  return sum;
}

/** Zeros from key n to `total`, and to the end of n's vector. */
@inline export function clearRest(row: usize, n: i32, total: i32): void {
  padVector(row, n, f32x4.splat(0));
  if (total > n) clearElements(place(row, n), total - n);
}

/** Turns scores into probabilities by the ln Σ that the forward pass kept. */
export function probabilities(
  row: usize, n: i32, total: i32, scale: f32, mask: usize, segments: usize, own: i32, lse: f32,
): void {
  if (lse == -Infinity) clearElements(row, n);
  else {
    const factor = f32x4.splat(scale), shift = f32x4.splat(-lse), end = place(row, n);
    padVector(row, n, f32x4.splat(0));
    for (let p = row; p < end; p += 16) v128.store(p, exp4(madd(v128.load(p), factor, shift)));
    if (mask) hideMasked(row, mask, n, 0);
    if (segments) hideForeign(row, segments, own, n, 0);
  }
  clearRest(row, n, total);
}

/** Gradient of the scores, in place on that of the probabilities: p · (dp − mean) · scale; zeros to `total`. */
export function scoreGradient(dp: usize, p: usize, n: i32, total: i32, mean: f32, scale: f32): void {
  const center = f32x4.splat(mean), factor = f32x4.splat(scale);
  let left = n, d = dp;
  for (; left >= 4; left -= 4, d += 16, p += 16) {
    v128.store(d, f32x4.mul(f32x4.mul(v128.load(p), f32x4.sub(v128.load(d), center)), factor));
  }
  if (left > 0) v128.store(d, f32x4.mul(f32x4.mul(loadPart(p, left), f32x4.sub(v128.load(d), center)), factor));
  clearRest(dp, n, total);
}
