/**
 * @file Weights in fewer bits, rows of `k` elements one after the other.
 *
 * bfloat16: groups of eight in 16 bytes; 32-bit word i of a group holds element i in its low half and element 4 + i in its
 * high half, so that a shift and a mask make two vectors. int8: blocks of 32 in 34 bytes, a float16 scale and 32 signed
 * bytes, as Q8_0 of GGML. What a last group or block lacks is zeros. The other types are those of `block-levels.as`.
 */
import { Answer, place } from "./arguments";
import { load4, store4 } from "./lanes";
import { maxLanes } from "./math";

export const enum CompactFormat {
  bfloat16,
  int8,
  float16,
  q4_0,
  q5_0,
  q4_k,
  q5_k,
  q6_k,
}

export const BLOCK: i32 = 32;
export const BLOCK_BYTES: usize = 34;
/** Largest float16. */
export const LARGEST_SCALE: f32 = 65504;

@inline export function rowBytes(format: i32, k: i32): usize {
  return format == CompactFormat.bfloat16 ? <usize>((k + 7) >> 3) << 4 : <usize>((k + 31) >> 5) * BLOCK_BYTES;
}

/** The float16 at p, which is no NaN, as a float32, times a power of two. */
@inline export function loadHalf(p: usize, power: f32 = 1): f32 {
  const bits = (<i32>load<i16>(p) << 13) & 0x8fffe000; // the exponent is 2¹¹² too low
  return reinterpret<f32>(bits) * (reinterpret<f32>(0x77800000) * power);
}

/** The nearest float16 of a number from 0 to 65,504, ties to even. */
export function toHalf(x: f32): u32 {
  const bits = reinterpret<u32>(x);
  if (bits < 0x38800000) return reinterpret<u32>(x + 0.5) - 0x3f000000; // below 2⁻¹⁴
  return (bits - 0x38000000 + 0xfff + ((bits >> 13) & 1)) >> 13;
}

/** Bits of the nearest bfloat16s in the high halves, ties to even; NaN stays one. */
@inline function roundBfloat16(x: v128): v128 {
  const odd = v128.and(i32x4.shr_u(x, 16), i32x4.splat(1));
  const rounded = i32x4.add(i32x4.add(x, i32x4.splat(0x7fff)), odd);
  const quiet = v128.or(x, i32x4.splat(0x400000));
  return v128.bitselect(rounded, quiet, f32x4.eq(x, x));
}

function encodeBfloat16(x: usize, k: i32, out: usize): void {
  for (; k > 0; k -= 8, x += 32, out += 16) {
    const low = roundBfloat16(load4(x, k));
    const high = k > 4 ? roundBfloat16(load4(x + 16, k - 4)) : i32x4.splat(0);
    v128.store(out, v128.or(i32x4.shr_u(low, 16), v128.and(high, i32x4.splat(0xffff0000))));
  }
}

/** Largest absolute value of the first `count` of 32 elements. */
export function largest(x: usize, count: i32): f32 {
  let most = f32x4.splat(0);
  for (; count > 0; count -= 4, x += 16) most = f32x4.max(most, f32x4.abs(load4(x, count)));
  return maxLanes(most);
}

/** A block's scale is its largest magnitude / 127. @returns whether all numbers are finite and the scale is a float16 */
function encodeInt8(x: usize, k: i32, out: usize): bool {
  for (; k > 0; k -= BLOCK, x += 128, out += BLOCK_BYTES) {
    const count = min(BLOCK, k);
    const scale = largest(x, count) / 127;
    if (!(scale <= LARGEST_SCALE)) return false;
    const inverse = f32x4.splat(scale > 0 ? 1 / scale : 0);
    const limit = i32x4.splat(127), least = i32x4.splat(-127);
    store<u16>(out, <u16>toHalf(scale));
    for (let i = 0; i < BLOCK; i += 4) {
      const v = i < count ? load4(x + (<usize>i << 2), count - i) : f32x4.splat(0);
      const q = i32x4.max_s(least, i32x4.min_s(limit, i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v, inverse)))));
      const bytes = v128.shuffle<i8>(q, q, 0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
      v128.store32_lane(out + 2 + <usize>i, bytes, 0);
    }
  }
  return true;
}

@unmanaged export class CompactRows {
  out: usize;
  x: usize;
  k: i32;
  format: i32; // a CompactFormat
  isBad: Answer;
}

/** Rows of floats in compact form. Returns 1 where a number of an int8 row is not finite or too large. */
export function compactRows(args: CompactRows, begin: i32, end: i32): void {
  const k = args.k, format = args.format, bytes = rowBytes(format, k);
  for (let row = begin; row < end; row++) {
    const x = place(args.x, row * k), out = args.out + <usize>row * bytes;
    if (format == CompactFormat.bfloat16) encodeBfloat16(x, k, out);
    else if (!encodeInt8(x, k, out)) args.isBad = 1;
  }
}

@unmanaged class ArrangeRows {
  rows: usize;
  k: i32; // a multiple of 8
}

/** bfloat16s in order become groups as above, in place. */
export function arrangeRows(args: ArrangeRows, begin: i32, end: i32): void {
  const groups = args.k >> 3;
  let at = args.rows + (<usize>(begin * groups) << 4);
  for (let left = (end - begin) * groups; left > 0; left--, at += 16) {
    const x = v128.load(at);
    v128.store(at, v128.shuffle<i16>(x, x, 0, 4, 1, 5, 2, 6, 3, 7));
  }
}

@inline export function lowFloats(words: v128): v128 {
  return i32x4.shl(words, 16);
}

@inline export function highFloats(words: v128): v128 {
  return v128.and(words, i32x4.splat(0xffff0000));
}

function widenBfloat16(p: usize, k: i32, out: usize): void {
  for (; k > 0; k -= 8, p += 16, out += 32) {
    const words = v128.load(p);
    store4(out, lowFloats(words), k);
    if (k > 4) store4(out + 16, highFloats(words), k - 4);
  }
}

function widenInt8(p: usize, k: i32, out: usize): void {
  for (; k > 0; k -= BLOCK, p += BLOCK_BYTES) {
    const scale = f32x4.splat(loadHalf(p));
    const count = min(BLOCK, k);
    for (let i = 0; i < count; i += 4, out += 16) {
      const words = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(p + 2 + <usize>i)));
      store4(out, f32x4.mul(f32x4.convert_i32x4_s(words), scale), count - i);
    }
  }
}

@inline export function widenRow(format: i32, p: usize, k: i32, out: usize): void {
  if (format == CompactFormat.bfloat16) widenBfloat16(p, k, out);
  else widenInt8(p, k, out);
}

@unmanaged export class WidenRows {
  out: usize;
  rows: usize;
  index: usize; // which rows, or 0 for all in order
  k: i32;
  format: i32; // a CompactFormat
}

/** Rows as floats. An item is one row of the result. */
export function widenRows(args: WidenRows, begin: i32, end: i32): void {
  const k = args.k, bytes = rowBytes(args.format, k);
  for (let i = begin; i < end; i++) {
    const row = args.index ? load<i32>(place(args.index, i)) : i;
    widenRow(args.format, args.rows + <usize>row * bytes, k, place(args.out, i * k));
  }
}
