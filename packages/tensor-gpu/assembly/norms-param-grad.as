/**
 * @file Gradients of the normalisations with respect to weight and bias: sums down the columns of dy·x̂ and dy. Items
 * are strips of sixteen columns, so that no two threads share a sum.
 */
import { place } from "./arguments";
import { loadPart, storePart } from "./lanes";
import { madd } from "./math";

/** Rows that are added up, in all strips, before the next rows are read: in order of memory, and as in pairwise summation. */
const BAND: i32 = 32;

/**
 * Sixteen columns, a cache line of each row, put to what stands at dweight and dbias. dy·x̂ is accumulated as
 * (dy·inverse)·(x − mean). `statsStep` is 8 for pairs (mean, inverse), 4 for inverses alone.
 */
@inline function columns16(
  dweight: usize, dbias: usize, dy: usize, x: usize, stats: usize, statsStep: usize, rows: i32, step: usize,
): void {
  let p = f32x4.splat(0), q = p, r = p, s = p, b0 = p, b1 = p, b2 = p, b3 = p;
  for (; rows > 0; rows--, dy += step, x += step, stats += statsStep) {
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
  if (dweight) add16(dweight, p, q, r, s);
  if (dbias) add16(dbias, b0, b1, b2, b3);
}

@inline function product(sum: v128, dy: usize, x: usize, inverse: v128, mean: v128, statsStep: usize): v128 {
  const input = v128.load(x);
  return madd(f32x4.mul(v128.load(dy), inverse), statsStep == 8 ? f32x4.sub(input, mean) : input, sum);
}

function add16(out: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(out, f32x4.add(v128.load(out), a));
  v128.store(out, f32x4.add(v128.load(out, 16), b), 16);
  v128.store(out, f32x4.add(v128.load(out, 32), c), 32);
  v128.store(out, f32x4.add(v128.load(out, 48), d), 48);
}

/** The last columns, four at most. */
@inline function columnsPart(
  dweight: usize, dbias: usize, dy: usize, x: usize, stats: usize, statsStep: usize, rows: i32, step: usize, count: i32,
): void {
  let w = f32x4.splat(0), b = w;
  while (rows > 0) {
    let p = f32x4.splat(0), r = p, turns = min(rows, BAND);
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

@unmanaged class NormParamGrad {
  dweight: usize; // or 0
  dbias: usize; // or 0
  dy: usize;
  x: usize;
  stats: usize;
  rows: i32;
  n: i32;
}

@inline function paramGrad(args: NormParamGrad, begin: i32, end: i32, statsStep: usize): void {
  const dweight = args.dweight, dbias = args.dbias, stats = args.stats;
  const rows = args.rows, n = args.n, step = <usize>n << 2, stop = min(end << 4, n);
  const start = begin << 4, whole = start + ((stop - start) & ~15);
  if (dweight) memory.fill(place(dweight, start), 0, <usize>(whole - start) << 2);
  if (dbias) memory.fill(place(dbias, start), 0, <usize>(whole - start) << 2);
  for (let row = 0; row < rows; row += BAND) {
    for (let column = start; column < whole; column += 16) {
      const at = row * n + column;
      columns16(
        dweight ? place(dweight, column) : 0, dbias ? place(dbias, column) : 0,
        place(args.dy, at), place(args.x, at), stats + <usize>row * statsStep, statsStep,
        min(BAND, rows - row), step,
      );
    }
  }
  for (let column = whole; column < stop; column += 4) {
    columnsPart(
      dweight ? place(dweight, column) : 0, dbias ? place(dbias, column) : 0,
      place(args.dy, column), place(args.x, column), stats, statsStep, rows, step,
      min(4, stop - column),
    );
  }
}

export function layerNormParamGrad(args: NormParamGrad, begin: i32, end: i32): void {
  paramGrad(args, begin, end, 8);
}

export function rmsNormParamGrad(args: NormParamGrad, begin: i32, end: i32): void {
  paramGrad(args, begin, end, 4);
}
