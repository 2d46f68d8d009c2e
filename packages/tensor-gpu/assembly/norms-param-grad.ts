/**
 * @file Gradients of the normalisations with respect to weight and bias: sums down the columns of dy·x̂ and dy. Items
 * are columns, so that no two threads share a sum.
 */
import { loadPart, storePart } from "./lanes";
import { madd } from "./math";
import { addressAt, intAt, place } from "./slots";

/** Rows that are added up before a sum moves on to a second one, as in pairwise summation. */
const STRETCH: i32 = 128;

/** dy·x̂ is accumulated as (dy·inverse)·(x − mean). `statsStep` is 8 for pairs (mean, inverse), 4 for inverses alone. */
@inline function columns8(
  dweight: usize, dbias: usize, dy: usize, x: usize, stats: usize, statsStep: usize, rows: i32, step: usize,
): void {
  let w0 = f32x4.splat(0), w1 = w0, b0 = w0, b1 = w0;
  while (rows > 0) {
    let p = f32x4.splat(0), q = p, r = p, s = p, turns = min(rows, STRETCH);
    rows -= turns;
    for (; turns > 0; turns--, dy += step, x += step, stats += statsStep) {
      const inverse = v128.load32_splat(stats + statsStep - 4), g = v128.load(dy), h = v128.load(dy, 16);
      let a = v128.load(x), b = v128.load(x, 16);
      if (statsStep == 8) {
        const mean = v128.load32_splat(stats);
        a = f32x4.sub(a, mean);
        b = f32x4.sub(b, mean);
        r = f32x4.add(r, g);
        s = f32x4.add(s, h);
      }
      p = madd(f32x4.mul(g, inverse), a, p);
      q = madd(f32x4.mul(h, inverse), b, q);
    }
    w0 = f32x4.add(w0, p);
    w1 = f32x4.add(w1, q);
    b0 = f32x4.add(b0, r);
    b1 = f32x4.add(b1, s);
  }
  if (dweight) v128.store(dweight, w0), v128.store(dweight, w1, 16);
  if (dbias) v128.store(dbias, b0), v128.store(dbias, b1, 16);
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
  const rows = intAt(args, 5), step = <usize>intAt(args, 6) << 2;
  for (let column = begin; column < end;) {
    const w = dweight ? place(dweight, column) : 0, b = dbias ? place(dbias, column) : 0;
    const dy = place(addressAt(args, 2), column), x = place(addressAt(args, 3), column), left = end - column;
    if (left >= 8) columns8(w, b, dy, x, stats, statsStep, rows, step);
    else columnsPart(w, b, dy, x, stats, statsStep, rows, step, min(left, 4));
    column += left >= 8 ? 8 : min(left, 4);
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
