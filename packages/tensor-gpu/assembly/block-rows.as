/** @file Rows of blocks as floats, and floats as rows of blocks. */
import { place } from "./arguments";
import { blockRowBytes, GROUP, hasLeast, offsetShift, PAIR_BYTES, unpackRow } from "./block-levels";
import { CompactFormat, CompactRows, largest, LARGEST_SCALE, toHalf, WidenRows } from "./compact";
import { load4, store4 } from "./lanes";
import { scratchArea } from "./scratch";

/** Four float16s in the low halves of words as floats. */
@inline export function fromHalves(words: v128): v128 {
  const bits = v128.and(i32x4.shl(words, 13), i32x4.splat(0x8fffe000)); // the exponent is 2¹¹² too low
  const x = f32x4.mul(bits, f32x4.splat(reinterpret<f32>(0x77800000)));
  const isEndless = f32x4.ge(f32x4.abs(x), f32x4.splat(65536)); // infinities and NaN
  return v128.or(x, v128.and(isEndless, i32x4.splat(0x7f800000)));
}

/** A row of float16s as floats. */
export function widenHalves(p: usize, k: i32, out: usize): void {
  for (; k > 0; k -= 8, p += 16, out += 32) {
    const halves = v128.load(p);
    store4(out, fromHalves(i32x4.extend_low_i16x8_s(halves)), k);
    if (k > 4) store4(out + 16, fromHalves(i32x4.extend_high_i16x8_s(halves)), k - 4);
  }
}

/** Four levels as whole numbers. */
@inline function wholeLevels(levels: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(levels)));
}

function widenLeast(levels: usize, pairs: usize, k: i32, out: usize): void {
  for (; k > 0; k -= GROUP, pairs += PAIR_BYTES) {
    const step = v128.load32_splat(pairs), least = v128.load32_splat(pairs, 4);
    for (let i = 0; i < GROUP; i += 4, levels += 4, out += 16) {
      v128.store(out, f32x4.sub(f32x4.mul(f32x4.convert_i32x4_s(wholeLevels(levels)), step), least));
    }
  }
}

/** @param second how many bytes behind the first the step of a group's second half lies */
function widenOffset(levels: usize, pairs: usize, second: usize, k: i32, offset: v128, out: usize): void {
  for (; k > 0; k -= GROUP, pairs += PAIR_BYTES, levels += 32) {
    const count = min(GROUP, k);
    for (let i = 0; i < count; i += 4, out += 16) {
      const step = v128.load32_splat(i < 16 ? pairs : pairs + second);
      const words = i32x4.sub(wholeLevels(levels + <usize>i), offset);
      store4(out, f32x4.mul(f32x4.convert_i32x4_s(words), step), count - i);
    }
  }
}

function widenBlockRow(format: i32, p: usize, k: i32, out: usize): void {
  if (format == CompactFormat.float16) return widenHalves(p, k, out);
  const groups = <usize>((k + 31) >> 5), levels = scratchArea(), pairs = levels + (groups << 5);
  unpackRow(format, p, k, levels, pairs);
  if (hasLeast(format)) widenLeast(levels, pairs, k, out);
  else widenOffset(levels, pairs, format == CompactFormat.q6_k ? 4 : 0, k, i32x4.splat(1 << offsetShift(format)), out);
}

/** Rows as floats, of at most 2²⁰ numbers. An item is one row of the result. */
export function widenBlocks(args: WidenRows, begin: i32, end: i32): void {
  const k = args.k, bytes = blockRowBytes(args.format, k);
  for (let i = begin; i < end; i++) {
    const row = args.index ? load<i32>(place(args.index, i)) : i;
    widenBlockRow(args.format, args.rows + <usize>row * bytes, k, place(args.out, i * k));
  }
}

/** The nearest float16 of a finite number, ties to even, with its sign. @returns the bits; an infinity's where it is too large */
@inline function halfOf(x: f32): u32 {
  const size = abs(x), sign = reinterpret<u32>(x) >> 16 & 0x8000;
  return sign | (size < 65520 ? toHalf(size) : 0x7c00);
}

/** @returns whether no finite number became infinite */
function encodeHalves(x: usize, k: i32, out: usize): bool {
  let isHeld = true;
  for (let i = 0, filled = (k + 7) & ~7; i < filled; i++, out += 2) {
    const value = i < k ? load<f32>(place(x, i)) : 0, bits = halfOf(value);
    if (value != value) store<u16>(out, <u16>0x7e00);
    else store<u16>(out, <u16>bits);
    if (abs(value) >= 65520 && abs(value) < Infinity) isHeld = false;
  }
  return isHeld;
}

/** The levels of a block, as bytes at `levels`: the number of the largest magnitude gets level 0. */
function levelsOf(x: usize, count: i32, inverse: f32, bits: i32, levels: usize): void {
  const factor = f32x4.splat(inverse), middle = f32x4.splat(<f32>(1 << (bits - 1)) + 0.5);
  const most = i32x4.splat((1 << bits) - 1), least = i32x4.splat(0);
  for (let i = 0; i < GROUP; i += 4) {
    const v = i < count ? load4(place(x, i), count - i) : f32x4.splat(0);
    const q = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(v, factor), middle));
    const bytes = i32x4.max_s(least, i32x4.min_s(most, q));
    v128.store32_lane(levels + <usize>i, v128.shuffle<i8>(bytes, bytes, 0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0);
  }
}

/** Blocks of Q4_0 or Q5_0 as GGML's reference makes them. @returns whether all numbers are finite and the steps are float16s */
function encodeNibbles(format: i32, x: usize, k: i32, out: usize): bool {
  const bits = format == CompactFormat.q4_0 ? 4 : 5, half = <f32>(1 << (bits - 1)), levels = scratchArea();
  for (; k > 0; k -= GROUP, x += 128) {
    const count = min(GROUP, k), most = largest(x, count);
    if (!(most <= LARGEST_SCALE * half)) return false;
    let first = 0;
    while (abs(load<f32>(place(x, first))) != most) first++;
    const step = load<f32>(place(x, first)) / -half;
    levelsOf(x, count, step != 0 ? 1 / step : 0, bits, levels);
    const u = v128.load(levels), v = v128.load(levels, 16), mask = i8x16.splat(15);
    store<u16>(out, <u16>halfOf(step));
    if (bits == 5) store<u32>(out, i8x16.bitmask(i16x8.shl(u, 3)) | i8x16.bitmask(i16x8.shl(v, 3)) << 16, 2);
    const nibbles = v128.or(v128.and(u, mask), i16x8.shl(v128.and(v, mask), 4));
    v128.store(out + (bits == 5 ? 6 : 2), nibbles);
    out += bits == 5 ? 22 : 18;
  }
  return true;
}

/** Rows of floats as float16, Q4_0 or Q5_0. Returns 1 where a number is too large, or in blocks not finite. */
export function encodeBlocks(args: CompactRows, begin: i32, end: i32): void {
  const k = args.k, format = args.format, bytes = blockRowBytes(format, k);
  for (let row = begin; row < end; row++) {
    const x = place(args.x, row * k), out = args.out + <usize>row * bytes;
    const isHeld = format == CompactFormat.float16 ? encodeHalves(x, k, out) : encodeNibbles(format, x, k, out);
    if (!isHeld) args.isBad = 1;
  }
}
