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

/** The entry's weight in all lanes; unused where there are none. */
@inline function weightOf(isWeighted: bool, weights: usize, entry: i32): v128 {
  return isWeighted ? v128.load32_splat(place(weights, entry)) : f32x4.splat(1);
}

@inline function fold(isMax: bool, isWeighted: bool, total: v128, x: v128, weight: v128): v128 {
  if (isMax) return f32x4.max(total, isWeighted ? f32x4.mul(x, weight) : x);
  return isWeighted ? madd(x, weight, total) : f32x4.add(total, x);
}

@inline function empty(isMax: bool, first: i32, last: i32): v128 {
  return f32x4.splat(isMax && last > first ? -Infinity : 0);
}

/** Stores a total, or the mean where there is a divisor. */
@inline function finish(out: usize, total: v128, divisor: i32): void {
  v128.store(out, divisor != 0 ? f32x4.div(total, f32x4.splat(<f32>divisor)) : total);
}

/** Thirty-two columns of a sum: eight chains of additions, as many as hide how long one takes. */
@inline function sum32(
  isWeighted: bool, out: usize, x: usize, d: i32, first: i32, last: i32, indices: usize, weights: usize, divisor: i32,
): void {
  let a = f32x4.splat(0), b = a, c = a, e = a, p = a, q = a, r = a, s = a;
  for (let entry = first; entry < last; entry++) {
    const row = place(x, rowOf(indices, entry) * d), weight = weightOf(isWeighted, weights, entry);
    a = fold(false, isWeighted, a, v128.load(row), weight);
    b = fold(false, isWeighted, b, v128.load(row, 16), weight);
    c = fold(false, isWeighted, c, v128.load(row, 32), weight);
    e = fold(false, isWeighted, e, v128.load(row, 48), weight);
    p = fold(false, isWeighted, p, v128.load(row, 64), weight);
    q = fold(false, isWeighted, q, v128.load(row, 80), weight);
    r = fold(false, isWeighted, r, v128.load(row, 96), weight);
    s = fold(false, isWeighted, s, v128.load(row, 112), weight);
  }
  finish(out, a, divisor);
  finish(out + 16, b, divisor);
  finish(out + 32, c, divisor);
  finish(out + 48, e, divisor);
  finish(out + 64, p, divisor);
  finish(out + 80, q, divisor);
  finish(out + 96, r, divisor);
  finish(out + 112, s, divisor);
}

/** Sixteen columns of a sum: entries in turn go to two totals each, for the same eight chains. */
@inline function sum16(
  isWeighted: bool, out: usize, x: usize, d: i32, first: i32, last: i32, indices: usize, weights: usize, divisor: i32,
): void {
  let a = f32x4.splat(0), b = a, c = a, e = a, p = a, q = a, r = a, s = a;
  let entry = first;
  for (; entry + 2 <= last; entry += 2) {
    const row = place(x, rowOf(indices, entry) * d), weight = weightOf(isWeighted, weights, entry);
    const next = place(x, rowOf(indices, entry + 1) * d), other = weightOf(isWeighted, weights, entry + 1);
    a = fold(false, isWeighted, a, v128.load(row), weight);
    b = fold(false, isWeighted, b, v128.load(row, 16), weight);
    c = fold(false, isWeighted, c, v128.load(row, 32), weight);
    e = fold(false, isWeighted, e, v128.load(row, 48), weight);
    p = fold(false, isWeighted, p, v128.load(next), other);
    q = fold(false, isWeighted, q, v128.load(next, 16), other);
    r = fold(false, isWeighted, r, v128.load(next, 32), other);
    s = fold(false, isWeighted, s, v128.load(next, 48), other);
  }
  if (entry < last) {
    const row = place(x, rowOf(indices, entry) * d), weight = weightOf(isWeighted, weights, entry);
    a = fold(false, isWeighted, a, v128.load(row), weight);
    b = fold(false, isWeighted, b, v128.load(row, 16), weight);
    c = fold(false, isWeighted, c, v128.load(row, 32), weight);
    e = fold(false, isWeighted, e, v128.load(row, 48), weight);
  }
  finish(out, f32x4.add(a, p), divisor);
  finish(out + 16, f32x4.add(b, q), divisor);
  finish(out + 32, f32x4.add(c, r), divisor);
  finish(out + 48, f32x4.add(e, s), divisor);
}

/** Sixteen columns of one segment's largest. */
@inline function max16(
  isWeighted: bool, out: usize, x: usize, d: i32, first: i32, last: i32, indices: usize, weights: usize, divisor: i32,
): void {
  let p = empty(true, first, last), q = p, r = p, s = p;
  for (let e = first; e < last; e++) {
    const row = place(x, rowOf(indices, e) * d), weight = weightOf(isWeighted, weights, e);
    p = fold(true, isWeighted, p, v128.load(row), weight);
    q = fold(true, isWeighted, q, v128.load(row, 16), weight);
    r = fold(true, isWeighted, r, v128.load(row, 32), weight);
    s = fold(true, isWeighted, s, v128.load(row, 48), weight);
  }
  finish(out, p, divisor);
  finish(out + 16, q, divisor);
  finish(out + 32, r, divisor);
  finish(out + 48, s, divisor);
}

/**
 * Eight columns of one segment, in two vectors that lie `apart` bytes apart: up to 16, less where they share columns. Entries
 * in turn go to two totals.
 */
@inline function reduce8(
  isMax: bool, isWeighted: bool, out: usize, x: usize, apart: usize, d: i32, first: i32, last: i32, indices: usize,
  weights: usize, divisor: i32,
): void {
  let p = empty(isMax, first, last), q = p, r = p, s = p;
  let e = first;
  for (; e + 2 <= last; e += 2) {
    const row = place(x, rowOf(indices, e) * d), weight = weightOf(isWeighted, weights, e);
    const next = place(x, rowOf(indices, e + 1) * d), other = weightOf(isWeighted, weights, e + 1);
    p = fold(isMax, isWeighted, p, v128.load(row), weight);
    q = fold(isMax, isWeighted, q, v128.load(row + apart), weight);
    r = fold(isMax, isWeighted, r, v128.load(next), other);
    s = fold(isMax, isWeighted, s, v128.load(next + apart), other);
  }
  if (e < last) {
    const row = place(x, rowOf(indices, e) * d), weight = weightOf(isWeighted, weights, e);
    p = fold(isMax, isWeighted, p, v128.load(row), weight);
    q = fold(isMax, isWeighted, q, v128.load(row + apart), weight);
  }
  finish(out, isMax ? f32x4.max(p, r) : f32x4.add(p, r), divisor);
  finish(out + apart, isMax ? f32x4.max(q, s) : f32x4.add(q, s), divisor);
}

/** Up to four columns of one segment. */
@inline function reducePart(
  isMax: bool, isWeighted: bool, out: usize, x: usize, d: i32, first: i32, last: i32, indices: usize, weights: usize,
  divisor: i32, count: i32,
): void {
  let total = empty(isMax, first, last);
  for (let e = first; e < last; e++) {
    const part = load4(place(x, rowOf(indices, e) * d), count);
    total = fold(isMax, isWeighted, total, part, weightOf(isWeighted, weights, e));
  }
  store4(out, divisor != 0 ? f32x4.div(total, f32x4.splat(<f32>divisor)) : total, count);
}

/** One segment. The last columns of a row share vectors with those before them and are written twice. */
@inline function reduceSegment(
  isMax: bool, isWeighted: bool, out: usize, x: usize, d: i32, first: i32, last: i32, indices: usize, weights: usize,
  divisor: i32,
): void {
  let left = d;
  if (!isMax) {
    for (; left >= 32; left -= 32, out += 128, x += 128) {
      sum32(isWeighted, out, x, d, first, last, indices, weights, divisor);
    }
  }
  for (; left >= 16; left -= 16, out += 64, x += 64) {
    if (isMax) max16(isWeighted, out, x, d, first, last, indices, weights, divisor);
    else sum16(isWeighted, out, x, d, first, last, indices, weights, divisor);
  }
  for (; left > 0 && d > 4; left -= 8, out += 32, x += 32) {
    const back: usize = left < 8 && d >= 8 ? <usize>(8 - left) << 2 : 0;
    const apart: usize = d >= 8 ? 16 : <usize>(d - 4) << 2;
    reduce8(isMax, isWeighted, out - back, x - back, apart, d, first, last, indices, weights, divisor);
  }
  if (left > 0) reducePart(isMax, isWeighted, out, x, d, first, last, indices, weights, divisor, left);
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
  const x = args.x, indices = args.indices, weights = args.weights, d = args.d, isMean = args.isMean;
  for (let s = begin; s < end; s++) {
    const offsets = place(args.offsets, s), first = load<i32>(offsets), last = load<i32>(offsets, 4);
    const divisor = isMean && last > first ? last - first : 0, out = place(args.out, s * d);
    if (weights == 0) reduceSegment(isMax, false, out, x, d, first, last, indices, 0, divisor);
    else reduceSegment(isMax, true, out, x, d, first, last, indices, weights, divisor);
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
