/**
 * @file What products with K types need beside levels. A number of these blocks of 256 is step · factor · level − least · taken (Q4_K,
 * Q5_K) or step · factor · (level − 32) (Q6_K), with whole factors of 32 or 16 numbers each. With one step for 256 activations, all
 * that is added up within a block is whole: the sum of factor · Σ level · activation stays below 2²⁹, so its order means nothing.
 */
import { place } from "./arguments";
import { CompactFormat, largest } from "./compact";
import { LEAST_STEP, QuantizeRows, wholes } from "./compact-dots";
import { dotBytes } from "./math";

/** Numbers of a block. */
export const LONG: i32 = 256;
/** Bytes of 256 activations: four times their step, 256 bytes from −127 to 127, 16-bit sums of each 16, and of each 32. */
export const LONG_BYTES: usize = 320;
/** Where the sums of 16 and of 32 stand. */
export const SUMS_16: usize = 272;
export const SUMS_32: usize = 304;

/** The sum of four whole numbers in each lane. */
@inline export function everySum(v: v128): v128 {
  const pairs = i32x4.add(v, v128.shuffle<i32>(v, v, 1, 0, 3, 2));
  return i32x4.add(pairs, v128.shuffle<i32>(pairs, pairs, 2, 3, 0, 1));
}

/** Rows of activations in blocks of 256. With a number that is not finite a block's products are NaN. An item is one row. */
export function quantizeLong(args: QuantizeRows, begin: i32, end: i32): void {
  const k = args.k, ones = i8x16.splat(1), zero = i32x4.splat(0);
  for (let row = begin; row < end; row++) {
    let x = place(args.x, row * k), out = args.out + <usize>row * <usize>(k >> 8) * LONG_BYTES;
    for (let left = k; left > 0; left -= LONG, out += LONG_BYTES) {
      const step = largest(x, LONG) / 127;
      const inverse = f32x4.splat(step > LEAST_STEP ? 1 / step : 0);
      v128.store(out, f32x4.splat(step));
      for (let i: usize = 0; i < 256; i += 16, x += 64) {
        const bytes = i8x16.narrow_i16x8_s(wholes(x, 8, inverse), wholes(x + 32, 8, inverse));
        v128.store(out + i, bytes, 16);
        v128.store16_lane(out + (i >> 3), everySum(dotBytes(bytes, ones, zero)), 0, SUMS_16);
      }
      const sums = i32x4.extadd_pairwise_i16x8_s(v128.load(out, SUMS_16));
      v128.store(out, i16x8.narrow_i32x4_s(sums, i32x4.extadd_pairwise_i16x8_s(v128.load(out, SUMS_16 + 16))), SUMS_32);
    }
  }
}

/** Eight bytes without sign as 16-bit numbers. */
@inline function wide(low: u32, high: u32): v128 {
  return i16x8.extend_low_i8x16_u(i64x2.splat(<u64>low | <u64>high << 32));
}

/** The factors of a block of Q4_K or Q5_K go to `out`, 16 bits each. @returns how often the least number is taken, as wide */
@inline export function leastFactors(p: usize, out: usize): v128 {
  const a = load<u32>(p, 4), b = load<u32>(p, 8), c = load<u32>(p, 12);
  v128.store(out, wide(a & 0x3f3f3f3f, (c & 0x0f0f0f0f) | ((a >> 2) & 0x30303030)));
  return wide(b & 0x3f3f3f3f, ((c >> 4) & 0x0f0f0f0f) | ((b >> 2) & 0x30303030));
}

/** Eight factors of a block of Q6_K, at p, go to `out`, 16 bits each. @returns them */
@inline export function signedFactors(p: usize, out: usize): v128 {
  const factors = i16x8.extend_low_i8x16_s(v128.load64_zero(p));
  v128.store(out, factors);
  return factors;
}

/** Where a block has its step, a float16, and whether its least number follows. */
@inline export function stepOffset(format: i32): usize {
  return format == CompactFormat.q6_k ? 208 : 0;
}

/** Whether a block has 256 numbers and whole factors. */
@inline export function isLong(format: i32): bool {
  return format >= CompactFormat.q4_k;
}
