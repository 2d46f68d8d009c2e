/**
 * @file Products of a few rows of activations with rows of blocks, in whole numbers. Sums of whole numbers are exact; steps are
 * applied by multiplications and additions that are never fused, so every build gives the same bits.
 */
import { place } from "./arguments";
import { blockRowBytes, GROUP, hasLeast, offsetShift, PAIR_BYTES, unpackRow } from "./block-levels";
import { widenHalves } from "./block-rows";
import { CompactFormat, largest } from "./compact";
import { CompactDots, LEAST_STEP, put, QuantizeRows, wholes } from "./compact-dots";
import { dotBytes, sumLanes } from "./math";
import { scratchArea } from "./scratch";
import { dotRow } from "./vectors";

/** Bytes of 32 activations: four times their step, 32 bytes from −127 to 127, and four sums of four bytes for either half. */
export const ACTIVATION_BYTES: usize = 80;

/**
 * A sample of dot products added to others, as products of rows have them: 78·n + 20 where they are right. The wrapper asks before it
 * uses a build with relaxed instructions.
 */
export function sampleDots(n: i32): i32 {
  const x = i8x16.splat(<i8>n), y = i8x16.splat(<i8>(n + 1)), p = i8x16.splat(3), r = i8x16.splat(5), start = i32x4.splat(n);
  const s = dotBytes(y, r, dotBytes(x, p, start)), t = dotBytes(x, r, dotBytes(x, p, i32x4.add(start, start)));
  return i32x4.extract_lane(s, 2) + i32x4.extract_lane(t, 1) + i32x4.extract_lane(dotBytes(x, p, i32x4.neg(start)), 3);
}

/** Rows of activations in groups of 32. With a number that is not finite a group's products are NaN. An item is one row. */
export function quantizeBlocks(args: QuantizeRows, begin: i32, end: i32): void {
  const k = args.k, groups = <usize>((k + 31) >> 5), ones = i8x16.splat(1), zero = i32x4.splat(0);
  for (let row = begin; row < end; row++) {
    let x = place(args.x, row * k), out = args.out + <usize>row * groups * ACTIVATION_BYTES;
    for (let left = k; left > 0; left -= GROUP, x += 128, out += ACTIVATION_BYTES) {
      const step = largest(x, min(GROUP, left)) / 127;
      const inverse = f32x4.splat(step > LEAST_STEP ? 1 / step : 0);
      const a = i8x16.narrow_i16x8_s(wholes(x, left, inverse), wholes(x + 32, left - 8, inverse));
      const b = i8x16.narrow_i16x8_s(wholes(x + 64, left - 16, inverse), wholes(x + 96, left - 24, inverse));
      v128.store(out, f32x4.splat(step)); v128.store(out, a, 16); v128.store(out, b, 32);
      v128.store(out, dotBytes(a, ones, zero), 48); v128.store(out, dotBytes(b, ones, zero), 64);
    }
  }
}

/** s + whole · (step · scale). */
@inline function addScaled(s: v128, whole: v128, step: usize, scale: v128): v128 {
  return f32x4.add(s, f32x4.mul(f32x4.convert_i32x4_s(whole), f32x4.mul(v128.load32_splat(step), scale)));
}

/** Two rows of levels with an offset, whose floats follow them, with one row of activations; results go to c and d. */
function pairOffset(p: usize, r: usize, q: usize, k: i32, shift: i32, c: usize, d: usize, accumulate: bool): void {
  const groups = <usize>((k + 31) >> 5);
  let s = f32x4.splat(0), t = s, u = p + (groups << 5), v = r + (groups << 5);
  for (; k > 0; k -= GROUP, p += 32, r += 32, q += ACTIVATION_BYTES, u += PAIR_BYTES, v += PAIR_BYTES) {
    const x = v128.load(q, 16), y = v128.load(q, 32), scale = v128.load(q);
    const start = i32x4.neg(i32x4.shl(i32x4.add(v128.load(q, 48), v128.load(q, 64)), shift));
    s = addScaled(s, dotBytes(y, v128.load(p, 16), dotBytes(x, v128.load(p), start)), u, scale);
    t = addScaled(t, dotBytes(y, v128.load(r, 16), dotBytes(x, v128.load(r), start)), v, scale);
  }
  put(c, sumLanes(s), accumulate);
  put(d, sumLanes(t), accumulate);
}

/** The same where each half of a group has its own step. */
function pairHalves(p: usize, r: usize, q: usize, k: i32, shift: i32, c: usize, d: usize, accumulate: bool): void {
  const groups = <usize>((k + 31) >> 5);
  let s = f32x4.splat(0), t = s, u = p + (groups << 5), v = r + (groups << 5);
  for (; k > 0; k -= GROUP, p += 32, r += 32, q += ACTIVATION_BYTES, u += PAIR_BYTES, v += PAIR_BYTES) {
    const x = v128.load(q, 16), y = v128.load(q, 32), scale = v128.load(q);
    const first = i32x4.neg(i32x4.shl(v128.load(q, 48), shift)), second = i32x4.neg(i32x4.shl(v128.load(q, 64), shift));
    s = addScaled(s, dotBytes(x, v128.load(p), first), u, scale);
    t = addScaled(t, dotBytes(x, v128.load(r), first), v, scale);
    s = addScaled(s, dotBytes(y, v128.load(p, 16), second), u + 4, scale);
    t = addScaled(t, dotBytes(y, v128.load(r, 16), second), v + 4, scale);
  }
  put(c, sumLanes(s), accumulate);
  put(d, sumLanes(t), accumulate);
}

/** The same where groups have a least number: it is taken as often as the activations' sum says. */
function pairLeast(p: usize, r: usize, q: usize, k: i32, c: usize, d: usize, accumulate: bool): void {
  const groups = <usize>((k + 31) >> 5), zero = i32x4.splat(0);
  let s = f32x4.splat(0), t = s, u = p + (groups << 5), v = r + (groups << 5);
  for (; k > 0; k -= GROUP, p += 32, r += 32, q += ACTIVATION_BYTES, u += PAIR_BYTES, v += PAIR_BYTES) {
    const x = v128.load(q, 16), y = v128.load(q, 32), scale = v128.load(q);
    const sums = f32x4.mul(f32x4.convert_i32x4_s(i32x4.add(v128.load(q, 48), v128.load(q, 64))), scale);
    s = addScaled(s, dotBytes(y, v128.load(p, 16), dotBytes(x, v128.load(p), zero)), u, scale);
    t = addScaled(t, dotBytes(y, v128.load(r, 16), dotBytes(x, v128.load(r), zero)), v, scale);
    s = f32x4.sub(s, f32x4.mul(v128.load32_splat(u, 4), sums));
    t = f32x4.sub(t, f32x4.mul(v128.load32_splat(v, 4), sums));
  }
  put(c, sumLanes(s), accumulate);
  put(d, sumLanes(t), accumulate);
}

/** Rows of float16s, each widened once. */
function halfDots(args: CompactDots, begin: i32, end: i32): void {
  const m = args.m, n = args.n, k = args.k, wide = scratchArea();
  for (let row = begin; row < end; row++) {
    widenHalves(args.rows + <usize>row * blockRowBytes(CompactFormat.float16, k), k, wide);
    for (let i = 0; i < m; i++) {
      put(place(args.out, i * n + row), sumLanes(dotRow(wide, place(args.x, i * k), k)), args.accumulate != 0);
    }
  }
}

/** out (m×n) = or += x·rowsᵀ for a few rows x. An item is one row of the weight; two are read at a time, from places far apart. */
export function blockDots(args: CompactDots, begin: i32, end: i32): void {
  const m = args.m, n = args.n, k = args.k, format = args.format, accumulate = args.accumulate != 0;
  if (format == CompactFormat.float16) return halfDots(args, begin, end);
  const bytes = blockRowBytes(format, k), groups = <usize>((k + 31) >> 5), xBytes = groups * ACTIVATION_BYTES;
  const p = scratchArea(), r = p + ((groups * 40 + 63) & ~63), shift = offsetShift(format);
  const half = (end - begin + 1) >> 1;
  for (let row = begin; row < begin + half; row++) {
    const other = row + half < end ? row + half : row; // the same row twice where their number is odd
    unpackRow(format, args.rows + <usize>row * bytes, k, p, p + (groups << 5));
    unpackRow(format, args.rows + <usize>other * bytes, k, r, r + (groups << 5));
    for (let i = 0; i < m; i++) {
      const q = args.quantized + <usize>i * xBytes, c = place(args.out, i * n + row);
      const isAlone = other == row, d = isAlone ? r + groups * 40 : place(args.out, i * n + other);
      if (hasLeast(format)) pairLeast(p, r, q, k, c, d, accumulate);
      else if (format == CompactFormat.q6_k) pairHalves(p, r, q, k, shift, c, d, accumulate);
      else pairOffset(p, r, q, k, shift, c, d, accumulate);
    }
  }
}
