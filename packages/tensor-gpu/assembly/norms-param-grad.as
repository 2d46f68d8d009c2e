/**
 * @file Gradients of the normalisations with respect to weight and bias: sums down the columns of dy·x̂ and dy. Items
 * are strips of sixteen columns, so that no two threads share a sum.
 */
import { loadPart, storePart } from "./lanes";
import { madd } from "./math";
import { addressAt, intAt, place } from "./slots";

/** Rows that are added up before a sum moves on to a second one, as in pairwise summation. */
const STRETCH: i32 = 128;

/**
 * Sixteen columns, a cache line of each row. dy·x̂ is accumulated as (dy·inverse)·(x − mean). `statsStep` is 8 for pairs
 * (mean, inverse), 4 for inverses alone.
 */
@inline function columns16(
  dweight: usize, dbias: usize, dy: usize, x: usize, stats: usize, statsStep: usize, rows: i32, step: usize,
): void {
  let isFirst = true;
  while (rows > 0) {
    let p = f32x4.splat(0), q = p, r = p, s = p, b0 = p, b1 = p, b2 = p, b3 = p, turns = min(rows, STRETCH);
    rows -= turns;
    for (; turns > 0; turns--, dy += step, x += step, stats += statsStep) {
      const inverse = v128.load32_splat(stats + statsStep - 4), mean = v128.load32_splat(stats);
      p = product(p, dy, x, inverse, mean, statsStep);
      q = product(q, dy + 16, x + 16, inverse, mean, statsStep);
      r = product(r, dy + 32, x + 32, inverse, mean, statsStep);
      s = product(s, dy + 48, x + 48, inverse, mean, statsStep);
      if (statsStep == 8) {
        b0 = f32x4.add(b0, v128.load(dy));
        b1 = f32x4.add(b1, v128.load(dy, 16));
        b2 = f32x4.add(b2, v128.load(dy, 32));
        b3 = f32x4.add(b3, v128.load(dy, 48));
      }
    }
    if (dweight) put16(dweight, p, q, r, s, isFirst);
    if (dbias) put16(dbias, b0, b1, b2, b3, isFirst);
    isFirst = false;
  }
}

@inline function product(sum: v128, dy: usize, x: usize, inverse: v128, mean: v128, statsStep: usize): v128 {
  const input = v128.load(x);
  return madd(f32x4.mul(v128.load(dy), inverse), statsStep == 8 ? f32x4.sub(input, mean) : input, sum);
}

/** Writes, or adds to what an earlier stretch of rows left there. */
function put16(out: usize, a: v128, b: v128, c: v128, d: v128, isFirst: bool): void {
  const zero = f32x4.splat(0);
  v128.store(out, f32x4.add(a, isFirst ? zero : v128.load(out)));
  v128.store(out, f32x4.add(b, isFirst ? zero : v128.load(out, 16)), 16);
  v128.store(out, f32x4.add(c, isFirst ? zero : v128.load(out, 32)), 32);
  v128.store(out, f32x4.add(d, isFirst ? zero : v128.load(out, 48)), 48);
}

@inline function columnsPart(
  dweight: usize, dbias: usize, dy: usize, x: usize, stats: usize, statsStep: usize, rows: i32, step: usize, count: i32,
): void {
  let w = f32x4.splat(0), b = w;
  while (rows > 0) {
    let p = f32x4.splat(0), r = p, turns = min(rows, STRETCH);
    rows -= turns;
    for (; turns > 0; turns--, dy += step, x += step, stats += statsStep) {
      const inverse = v128.load32_splat(stats + statsStep - 4), g = loadPart(dy, count);
      let a = loadPart(x, count);
      if (statsStep == 8) {
        a = f32x4.sub(a, v128.load32_splat(stats));
        r = f32x4.add(r, g);
      }
      p = madd(f32x4.mul(g, inverse), a, p);
    }
    w = f32x4.add(w, p);
    b = f32x4.add(b, r);
  }
  if (dweight) storePart(dweight, w, count);
  if (dbias) storePart(dbias, b, count);
}

@inline function paramGrad(args: usize, begin: i32, end: i32, statsStep: usize): void {
  const dweight = addressAt(args, 0), dbias = addressAt(args, 1), stats = addressAt(args, 4);
  const rows = intAt(args, 5), n = intAt(args, 6), step = <usize>n << 2, stop = min(end << 4, n);
  for (let column = begin << 4; column < stop;) {
    const w = dweight ? place(dweight, column) : 0, b = dbias ? place(dbias, column) : 0;
    const dy = place(addressAt(args, 2), column), x = place(addressAt(args, 3), column), left = stop - column;
    if (left >= 16) columns16(w, b, dy, x, stats, statsStep, rows, step);
    else columnsPart(w, b, dy, x, stats, statsStep, rows, step, min(left, 4));
    column += left >= 16 ? 16 : min(left, 4);
  }
}

/** Slots: dweight or 0, dbias or 0, dy, x, stats, rows, n. */
export function layerNormParamGrad(args: usize, begin: i32, end: i32): void {
  paramGrad(args, begin, end, 8);
}

/** Slots: dweight, 0, dy, x, stats, rows, n. */
export function rmsNormParamGrad(args: usize, begin: i32, end: i32): void {
  paramGrad(args, begin, end, 4);
}
