/**
 * @file Index of the largest element along the middle axis of x [outer, n, inner], the first of equals; NaN counts as
 * the largest. Slots: out, x, n, inner, flip: a mask of bits that turns a smallest element into a largest one (the
 * sign bit for floats, all bits for integers, 0 for max). Items are elements of out.
 */
import { loadPart, storePart } from "./lanes";
import { addressAt, intAt, place, splatAt } from "./slots";

@inline function isBetter4(isFloat: bool, x: v128, best: v128): v128 {
  if (!isFloat) return i32x4.gt_s(x, best);
  const firstNaN = v128.and(f32x4.ne(x, x), f32x4.eq(best, best));
  return v128.or(f32x4.gt(x, best), firstNaN);
}

@inline function isBetter(isFloat: bool, x: i32, best: i32): bool {
  if (!isFloat) return x > best;
  const a = reinterpret<f32>(x), b = reinterpret<f32>(best);
  return a > b || (a != a && b == b);
}

/** Every fourth element in each lane, then the best lane, the lower index among equals. */
@inline function bestOfRow(isFloat: bool, x: usize, n: i32, flip: v128): i32 {
  let best = v128.xor(v128.load32_splat(x), flip), indices = i32x4.splat(0), index = i32x4(0, 1, 2, 3);
  let left = n;
  for (; left >= 4; left -= 4, x += 16) {
    const value = v128.xor(v128.load(x), flip), better = isBetter4(isFloat, value, best);
    best = v128.bitselect(value, best, better);
    indices = v128.bitselect(index, indices, better);
    index = i32x4.add(index, i32x4.splat(4));
  }
  let winner = i32x4.extract_lane(best, 0), place = i32x4.extract_lane(indices, 0);
  for (let lane = 1; lane < 4; lane++) {
    best = v128.shuffle<i32>(best, best, 1, 2, 3, 0);
    indices = v128.shuffle<i32>(indices, indices, 1, 2, 3, 0);
    const value = i32x4.extract_lane(best, 0), at = i32x4.extract_lane(indices, 0);
    const better = isBetter(isFloat, value, winner);
    if (better || (!isBetter(isFloat, winner, value) && at < place)) {
      winner = value;
      place = at;
    }
  }
  for (; left > 0; left--, x += 4) {
    const value = load<i32>(x) ^ i32x4.extract_lane(flip, 0);
    if (!isBetter(isFloat, value, winner)) continue;
    winner = value;
    place = n - left;
  }
  return place;
}

@inline function argRows(isFloat: bool, args: usize, begin: i32, end: i32): void {
  const n = intAt(args, 2), flip = splatAt(args, 4);
  for (let row = begin; row < end; row++) {
    store<i32>(place(addressAt(args, 0), row), bestOfRow(isFloat, place(addressAt(args, 1), row * n), n, flip));
  }
}

@inline function argColumns(isFloat: bool, args: usize, begin: i32, end: i32): void {
  const n = intAt(args, 2), inner = intAt(args, 3), flip = splatAt(args, 4);
  const step = <usize>inner << 2;
  for (let item = begin; item < end;) {
    const outer = item / inner, column = item - outer * inner, count = min(min(inner - column, end - item), 4);
    let x = place(addressAt(args, 1), outer * n * inner + column);
    let best = v128.xor(loadPart(x, count), flip), indices = i32x4.splat(0);
    for (let i = 1; i < n; i++) {
      x += step;
      const value = v128.xor(loadPart(x, count), flip), better = isBetter4(isFloat, value, best);
      best = v128.bitselect(value, best, better);
      indices = v128.bitselect(i32x4.splat(i), indices, better);
    }
    storePart(place(addressAt(args, 0), item), indices, count);
    item += count;
  }
}

export function argRowsFloat(args: usize, begin: i32, end: i32): void {
  argRows(true, args, begin, end);
}
export function argRowsInt(args: usize, begin: i32, end: i32): void {
  argRows(false, args, begin, end);
}
export function argColumnsFloat(args: usize, begin: i32, end: i32): void {
  argColumns(true, args, begin, end);
}
export function argColumnsInt(args: usize, begin: i32, end: i32): void {
  argColumns(false, args, begin, end);
}
