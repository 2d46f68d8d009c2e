/**
 * @file Products of a few rows of activations with rows of blocks, in whole numbers. Sums of whole numbers are exact; steps are
 * applied by multiplications and additions that are never fused, so every build gives the same bits.
 */
import { place } from "./arguments";
import { BITS, blockRowBytes, fifth, firstHalf, GROUP, high, low, secondHalf } from "./block-levels";
import { widenHalves } from "./block-rows";
import { CompactFormat, largest, loadHalf } from "./compact";
import { CompactDots, LEAST_STEP, put, QuantizeRows, wholes } from "./compact-dots";
import { dotBytes, dotTwos, sumLanes } from "./math";
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
  const last = i32x4.extract_lane(dotBytes(x, p, i32x4.neg(start)), 3) + i16x8.extract_lane_s(dotTwos(x, p), 5) - 6 * n;
  return i32x4.extract_lane(s, 2) + i32x4.extract_lane(t, 1) + last;
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

/** s + whole · (step · scale), the step being the float16 at p. */
@inline function addScaled(s: v128, whole: v128, p: usize, scale: v128): v128 {
  return f32x4.add(s, f32x4.mul(f32x4.convert_i32x4_s(whole), f32x4.mul(f32x4.splat(loadHalf(p)), scale)));
}

/** Sums of products of 32 levels, unpacked as they are multiplied, with activations, and what is taken from these. */
@inline function groupSum(isFive: bool, p: usize, x: v128, y: v128, taken: v128): v128 {
  const nibbles = v128.load(p + (isFive ? 6 : 2));
  let a = low(nibbles), b = high(nibbles);
  if (isFive) {
    const word = v128.load32_splat(p, 2), mask = v128.load(BITS);
    a = v128.or(a, fifth(firstHalf(word), mask));
    b = v128.or(b, fifth(secondHalf(word), mask));
  }
  return i32x4.sub(i32x4.extadd_pairwise_i16x8_s(i16x8.add(dotTwos(x, a), dotTwos(y, b))), taken);
}

/** Two rows of Q4_0 or Q5_0 with one row of activations; results go to c and d. */
@inline function pairRows(isFive: bool, p: usize, r: usize, q: usize, k: i32, c: usize, d: usize, accumulate: bool): void {
  const bytes: usize = isFive ? 22 : 18, shift = isFive ? 4 : 3;
  let s = f32x4.splat(0), t = s;
  for (; k > 0; k -= GROUP, p += bytes, r += bytes, q += ACTIVATION_BYTES) {
    const x = v128.load(q, 16), y = v128.load(q, 32), scale = v128.load(q);
    const taken = i32x4.shl(i32x4.add(v128.load(q, 48), v128.load(q, 64)), shift);
    s = addScaled(s, groupSum(isFive, p, x, y, taken), p, scale);
    t = addScaled(t, groupSum(isFive, r, x, y, taken), r, scale);
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
  const bytes = blockRowBytes(format, k), xBytes = <usize>((k + 31) >> 5) * ACTIVATION_BYTES;
  const half = (end - begin + 1) >> 1;
  for (let row = begin; row < begin + half; row++) {
    const isAlone = row + half >= end, other = isAlone ? row : row + half; // the same row twice where their number is odd
    const p = args.rows + <usize>row * bytes, r = args.rows + <usize>other * bytes;
    for (let i = 0; i < m; i++) {
      const q = args.quantized + <usize>i * xBytes, c = place(args.out, i * n + row);
      const d = isAlone ? scratchArea() : place(args.out, i * n + other);
      if (format == CompactFormat.q5_0) pairRows(true, p, r, q, k, c, d, accumulate);
      else pairRows(false, p, r, q, k, c, d, accumulate);
    }
  }
}
