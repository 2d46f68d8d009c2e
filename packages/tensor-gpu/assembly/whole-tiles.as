/**
 * @file Products of four rows of activations with eight rows of levels, as whole sums: what tiles of all blocks share. Of 16 rows of
 * the weight at a time a panel is made of words, each with four levels of one of them.
 */
import { place } from "./arguments";
import { load4, store4 } from "./lanes";
import { dotBytes, dotTwos } from "./math";

/** Rows of the weight in a panel. */
export const STRIP: i32 = 16;
/** Bytes of a word of each. */
export const WORDS_BYTES: usize = 64;
/** Bytes of the sums of a tile, 4 × 8. */
export const SUMS_BYTES: usize = 128;

/** Four words of four rows, `stride` bytes apart, go to a panel. */
@inline export function transposeWords(from: usize, stride: usize, to: usize): void {
  const a = v128.load(from), b = v128.load(from + stride), c = v128.load(from + 2 * stride), d = v128.load(from + 3 * stride);
  const t = v128.shuffle<i32>(a, b, 0, 4, 1, 5), u = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const v = v128.shuffle<i32>(c, d, 0, 4, 1, 5), w = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(t, v, 0, 2)); v128.store(to, v128.shuffle<i64>(t, v, 1, 3), 64);
  v128.store(to, v128.shuffle<i64>(u, w, 0, 2), 128); v128.store(to, v128.shuffle<i64>(u, w, 1, 3), 192);
}

/**
 * Whether relaxed products of bytes take both as signed. Processors that do (ARM) add four of them in one instruction, which is
 * faster than what follows from `dotTwos`; x86, which does not, has an instruction for two. Levels are the same in either.
 *
 * @param one 1, but not for the compiler, which would answer for itself
 */
export function isSigned(one: i32): bool {
  return i16x8.extract_lane_s(dotTwos(i8x16.splat(<i8>one), i8x16.splat(<i8>-one)), 0) < 0;
}

/** Adds two vectors of 16-bit sums, times their factors, to the whole sums at c. */
@inline function addTwos(c: usize, s: v128, t: v128, factors: usize): void {
  v128.store(c, i32x4.add(v128.load(c), i32x4.dot_i16x8_s(s, v128.load(factors))));
  v128.store(c, i32x4.add(v128.load(c, 16), i32x4.dot_i16x8_s(t, v128.load(factors, 16))), 16);
}

@inline function plusTwos(s: v128, x: v128, b: v128): v128 {
  return i16x8.add(s, dotTwos(x, b));
}

/** As `addSums` by sums of two products. */
function sumTwos(
  length: usize, words: usize, runs: usize, q: usize, r: usize, u: usize, v: usize, panel: usize, factors: usize, c: usize,
): void {
  for (const last = q + length; q < last; factors += 64) {
    for (let run: usize = 0; run < runs; run++) {
      const e = v128.load(panel), f = v128.load(panel, 16), end = q + (words << 2);
      const y0 = v128.load32_splat(q), y1 = v128.load32_splat(r), y2 = v128.load32_splat(u), y3 = v128.load32_splat(v);
      let s0 = dotTwos(y0, e), t0 = dotTwos(y0, f), s1 = dotTwos(y1, e), t1 = dotTwos(y1, f);
      let s2 = dotTwos(y2, e), t2 = dotTwos(y2, f), s3 = dotTwos(y3, e), t3 = dotTwos(y3, f);
      for (q += 4, r += 4, u += 4, v += 4, panel += WORDS_BYTES; q < end; q += 4, r += 4, u += 4, v += 4, panel += WORDS_BYTES) {
        const b = v128.load(panel), d = v128.load(panel, 16);
        const x0 = v128.load32_splat(q); s0 = plusTwos(s0, x0, b); t0 = plusTwos(t0, x0, d);
        const x1 = v128.load32_splat(r); s1 = plusTwos(s1, x1, b); t1 = plusTwos(t1, x1, d);
        const x2 = v128.load32_splat(u); s2 = plusTwos(s2, x2, b); t2 = plusTwos(t2, x2, d);
        const x3 = v128.load32_splat(v); s3 = plusTwos(s3, x3, b); t3 = plusTwos(t3, x3, d);
      }
      addTwos(c, s0, t0, factors); addTwos(c + 32, s1, t1, factors);
      addTwos(c + 64, s2, t2, factors); addTwos(c + 96, s3, t3, factors);
    }
  }
}

/** Adds two vectors of whole sums, times their factors, to those at c. */
@inline function addFours(c: usize, s: v128, t: v128, factors: usize): void {
  v128.store(c, i32x4.add(v128.load(c), i32x4.mul(s, i32x4.shr_s(v128.load(factors), 16))));
  v128.store(c, i32x4.add(v128.load(c, 16), i32x4.mul(t, i32x4.shr_s(v128.load(factors, 16), 16))), 16);
}

/** As `addSums` by sums of four products. */
function sumFours(
  length: usize, words: usize, q: usize, r: usize, u: usize, v: usize, panel: usize, factors: usize, c: usize,
): void {
  for (const last = q + length; q < last; factors += 64) {
    let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
    for (const end = q + (words << 2); q < end; q += 4, r += 4, u += 4, v += 4, panel += WORDS_BYTES) {
      const b = v128.load(panel), d = v128.load(panel, 16);
      const x0 = v128.load32_splat(q); s0 = dotBytes(x0, b, s0); t0 = dotBytes(x0, d, t0);
      const x1 = v128.load32_splat(r); s1 = dotBytes(x1, b, s1); t1 = dotBytes(x1, d, t1);
      const x2 = v128.load32_splat(u); s2 = dotBytes(x2, b, s2); t2 = dotBytes(x2, d, t2);
      const x3 = v128.load32_splat(v); s3 = dotBytes(x3, b, s3); t3 = dotBytes(x3, d, t3);
    }
    addFours(c, s0, t0, factors); addFours(c + 32, s1, t1, factors);
    addFours(c + 64, s2, t2, factors); addFours(c + 96, s3, t3, factors);
  }
}

/**
 * Adds to the whole sums at c, [4][8], factor · Σ level · activation of `length` numbers. `runs` runs of `words` words have one
 * factor, which stands twice in a word, of eight rows 64 bytes apart. A run's sums of two products are below 2¹⁵.
 */
@inline export function addSums(
  signed: bool, length: usize, words: usize, runs: usize,
  q: usize, r: usize, u: usize, v: usize, panel: usize, factors: usize, c: usize,
): void {
  if (signed) sumFours(length, words * runs, q, r, u, v, panel, factors, c);
  else sumTwos(length, words, runs, q, r, u, v, panel, factors, c);
}

/** Rows of a tile's sums go to or are added to their places. */
export function putTile(sums: usize, rows: i32, columns: i32, c: usize, n: i32, accumulate: bool): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j += 4) {
      const to = place(c, i * n + j), sum = v128.load(place(sums, i * 8 + j)), count = columns - j;
      store4(to, accumulate ? f32x4.add(load4(to, count), sum) : sum, count);
    }
  }
}
