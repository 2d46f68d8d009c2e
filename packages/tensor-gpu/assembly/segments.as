/**
 * @file Compressed sparse rows: segment s owns entries offsets[s] … offsets[s+1]−1, and entry e stands for row
 * indices[e] of x, or row e where indices is 0. Items are segments.
 */
import { Flag, place } from "./arguments";
import { load4, store4 } from "./lanes";
import { madd } from "./math";
import { rowDot } from "./row-sums";

@inline function rowOf(indices: usize, entry: i32): i32 {
  return indices != 0 ? load<i32>(place(indices, entry)) : entry;
}

@inline function weightOf(weights: usize, entry: i32): v128 {
  return weights != 0 ? v128.load32_splat(place(weights, entry)) : f32x4.splat(1);
}

@inline function fold(isMax: bool, total: v128, x: v128, weight: v128): v128 {
  return isMax ? f32x4.max(total, f32x4.mul(x, weight)) : madd(x, weight, total);
}

/** Sixteen columns of one segment. */
@inline function reduce16(
  isMax: bool, out: usize, x: usize, d: i32, first: i32, last: i32, indices: usize, weights: usize, scale: v128,
): void {
  const none = f32x4.splat(isMax && last > first ? -Infinity : 0);
  let p = none, q = none, r = none, s = none;
  for (let e = first; e < last; e++) {
    const row = place(x, rowOf(indices, e) * d), weight = weightOf(weights, e);
    p = fold(isMax, p, v128.load(row), weight);
    q = fold(isMax, q, v128.load(row, 16), weight);
    r = fold(isMax, r, v128.load(row, 32), weight);
    s = fold(isMax, s, v128.load(row, 48), weight);
  }
  v128.store(out, f32x4.div(p, scale));
  v128.store(out, f32x4.div(q, scale), 16);
  v128.store(out, f32x4.div(r, scale), 32);
  v128.store(out, f32x4.div(s, scale), 48);
}

@inline function reducePart(
  isMax: bool, out: usize, x: usize, d: i32, first: i32, last: i32, indices: usize, weights: usize, scale: v128,
  count: i32,
): void {
  let total = f32x4.splat(isMax && last > first ? -Infinity : 0);
  for (let e = first; e < last; e++) {
    total = fold(isMax, total, load4(place(x, rowOf(indices, e) * d), count), weightOf(weights, e));
  }
  store4(out, f32x4.div(total, scale), count);
}

@unmanaged class SegmentReduce {
  out: usize;
  x: usize;
  offsets: usize;
  indices: usize; // or 0
  weights: usize; // or 0
  d: i32;
  isMean: Flag; // of sums
}

@inline function segmentReduce(isMax: bool, args: SegmentReduce, begin: i32, end: i32): void {
  const indices = args.indices, weights = args.weights, d = args.d, isMean = args.isMean;
  for (let s = begin; s < end; s++) {
    const offsets = place(args.offsets, s), first = load<i32>(offsets), last = load<i32>(offsets, 4);
    const divisor = f32x4.splat(isMean && last > first ? <f32>(last - first) : 1);
    let out = place(args.out, s * d), x = args.x, left = d;
    for (; left >= 16; left -= 16, out += 64, x += 64) {
      reduce16(isMax, out, x, d, first, last, indices, weights, divisor);
    }
    for (; left > 0; left -= 4, out += 16, x += 16) {
      reducePart(isMax, out, x, d, first, last, indices, weights, divisor, left);
    }
  }
}

/** out[s] = Σ weights[e]·x[e], divided by the number of entries for a mean. */
export function segmentSum(args: SegmentReduce, begin: i32, end: i32): void {
  segmentReduce(false, args, begin, end);
}

/** Largest weights[e]·x[e], 0 for an empty segment. */
export function segmentMax(args: SegmentReduce, begin: i32, end: i32): void {
  segmentReduce(true, args, begin, end);
}

@unmanaged class SegmentArgMax {
  out: usize;
  x: usize;
  offsets: usize;
  indices: usize; // or 0
  d: i32;
}

/** Row of x that holds the largest element, the first of equals, NaN before all; −1 if none. */
export function segmentArgMax(args: SegmentArgMax, begin: i32, end: i32): void {
  const indices = args.indices, d = args.d;
  for (let s = begin; s < end; s++) {
    const offsets = place(args.offsets, s), first = load<i32>(offsets), last = load<i32>(offsets, 4);
    let out = place(args.out, s * d), x = args.x;
    for (let left = d; left > 0; left -= 4, out += 16, x += 16) {
      let best = f32x4.splat(-Infinity), rows = i32x4.splat(first < last ? rowOf(indices, first) : -1);
      for (let e = first; e < last; e++) {
        const row = rowOf(indices, e), value = load4(place(x, row * d), left);
        const firstNaN = v128.and(f32x4.ne(value, value), f32x4.eq(best, best));
        const better = v128.or(f32x4.gt(value, best), firstNaN);
        best = v128.bitselect(value, best, better);
        rows = v128.bitselect(i32x4.splat(row), rows, better);
      }
      store4(out, rows, left);
    }
  }
}

@unmanaged class SegmentDot {
  out: usize;
  dy: usize;
  x: usize;
  offsets: usize;
  indices: usize; // or 0
  d: i32;
}

/** out[e] = ⟨dy[segment of e], x[e]⟩. */
export function segmentDot(args: SegmentDot, begin: i32, end: i32): void {
  const indices = args.indices, d = args.d;
  for (let s = begin; s < end; s++) {
    const offsets = place(args.offsets, s), last = load<i32>(offsets, 4), dy = place(args.dy, s * d);
    for (let e = load<i32>(offsets); e < last; e++) {
      store<f32>(place(args.out, e), rowDot(dy, place(args.x, rowOf(indices, e) * d), d));
    }
  }
}
