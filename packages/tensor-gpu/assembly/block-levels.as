/**
 * @file Blocks of GGML, as they lie in files, unpacked: a number is step · (level − offset) or step · level − least, with levels of
 * four to six bits, which stand as bytes of their own behind each other. Each group of 32 has two floats beside them: its step and
 * its least number, or, for Q6_K, the steps of its two halves.
 *
 * Q4_0: 18 bytes, a float16 step and 32 nibbles, low ones first. Q5_0: 22 bytes, with 32 fifth bits before the nibbles. Q4_K: 144
 * bytes for 256 numbers, float16 factors of steps and of least numbers, these in 6 bits each, and nibbles of 64 numbers at a time.
 * Q5_K: 176 bytes, with 256 fifth bits before the nibbles. Q6_K: 210 bytes, nibbles and pairs of upper bits of 128 numbers at a
 * time, 16 signed factors and their float16 factor.
 */
import { CompactFormat, loadHalf } from "./compact";

/** Numbers of a group. */
export const GROUP: i32 = 32;
/** Bytes of the two floats of a group. */
export const PAIR_BYTES: usize = 8;

/** The bit of each byte of a half of fifth bits. */
export const BITS: usize = memory.data<u8>([1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128], 16);

/** Bytes of a row of k numbers. */
export function blockRowBytes(format: i32, k: i32): usize {
  const groups = <usize>((k + 31) >> 5), blocks = <usize>(k >> 8);
  switch (format) {
    case CompactFormat.float16: return <usize>((k + 7) >> 3) << 4;
    case CompactFormat.q4_0: return groups * 18;
    case CompactFormat.q5_0: return groups * 22;
    case CompactFormat.q4_k: return blocks * 144;
    case CompactFormat.q5_k: return blocks * 176;
    default: return blocks * 210;
  }
}

@inline export function low(v: v128): v128 {
  return v128.and(v, i8x16.splat(15));
}

@inline export function high(v: v128): v128 {
  return low(i16x8.shr_u(v, 4));
}

/** 16 in the bytes in which all bits of `mask` are set. */
@inline export function fifth(bytes: v128, mask: v128): v128 {
  return v128.and(i8x16.eq(v128.and(bytes, mask), mask), i8x16.splat(16));
}

/** The byte of a word's fifth bits that each of 16 levels has its bit in. */
@inline export function firstHalf(word: v128): v128 {
  return v128.shuffle<u8>(word, word, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
}

/** The same of the next 16. */
@inline export function secondHalf(word: v128): v128 {
  return v128.shuffle<u8>(word, word, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
}

@inline function storeTwo(at: usize, a: v128, b: v128): void {
  v128.store(at, a);
  v128.store(at, b, 16);
}

function unpackQ4(p: usize, k: i32, levels: usize, pairs: usize): void {
  for (; k > 0; k -= GROUP, p += 18, levels += 32, pairs += PAIR_BYTES) {
    const nibbles = v128.load(p, 2);
    storeTwo(levels, low(nibbles), high(nibbles));
    store<f32>(pairs, loadHalf(p));
  }
}

function unpackQ5(p: usize, k: i32, levels: usize, pairs: usize): void {
  const mask = v128.load(BITS);
  for (; k > 0; k -= GROUP, p += 22, levels += 32, pairs += PAIR_BYTES) {
    const nibbles = v128.load(p, 6), word = v128.load32_splat(p, 2);
    const a = fifth(firstHalf(word), mask), b = fifth(secondHalf(word), mask);
    storeTwo(levels, v128.or(low(nibbles), a), v128.or(high(nibbles), b));
    store<f32>(pairs, loadHalf(p));
  }
}

/** Four bytes as floats, times a factor. */
@inline function fromBytes(word: u32, factor: v128): v128 {
  const words = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(i32x4.splat(word)));
  return f32x4.mul(f32x4.convert_i32x4_u(words), factor);
}

/** Steps and least numbers of eight groups, from their float16 factors and 12 bytes with 6 bits of each. */
@inline function unpackPairs(p: usize, pairs: usize): void {
  const step = f32x4.splat(loadHalf(p)), least = f32x4.splat(loadHalf(p + 2));
  const a = load<u32>(p, 4), b = load<u32>(p, 8), c = load<u32>(p, 12);
  const s = fromBytes(a & 0x3f3f3f3f, step), m = fromBytes(b & 0x3f3f3f3f, least);
  storeTwo(pairs, v128.shuffle<i32>(s, m, 0, 4, 1, 5), v128.shuffle<i32>(s, m, 2, 6, 3, 7));
  const t = fromBytes((c & 0x0f0f0f0f) | ((a >> 2) & 0x30303030), step);
  const n = fromBytes(((c >> 4) & 0x0f0f0f0f) | ((b >> 2) & 0x30303030), least);
  storeTwo(pairs + 32, v128.shuffle<i32>(t, n, 0, 4, 1, 5), v128.shuffle<i32>(t, n, 2, 6, 3, 7));
}

function unpackQ4K(p: usize, k: i32, levels: usize, pairs: usize): void {
  for (; k > 0; k -= 256, p += 144, pairs += 8 * PAIR_BYTES) {
    unpackPairs(p, pairs);
    for (let from = p + 16, end = from + 128; from < end; from += 32, levels += 64) {
      const u = v128.load(from), v = v128.load(from, 16);
      storeTwo(levels, low(u), low(v));
      storeTwo(levels + 32, high(u), high(v));
    }
  }
}

function unpackQ5K(p: usize, k: i32, levels: usize, pairs: usize): void {
  for (; k > 0; k -= 256, p += 176, pairs += 8 * PAIR_BYTES) {
    unpackPairs(p, pairs);
    const g = v128.load(p, 16), h = v128.load(p, 32);
    for (let from = p + 48, bit = 1; bit < 256; bit <<= 2, from += 32, levels += 64) {
      const u = v128.load(from), v = v128.load(from, 16), mask = i8x16.splat(<i8>bit), next = i8x16.splat(<i8>(bit << 1));
      storeTwo(levels, v128.or(low(u), fifth(g, mask)), v128.or(low(v), fifth(h, mask)));
      storeTwo(levels + 32, v128.or(high(u), fifth(g, next)), v128.or(high(v), fifth(h, next)));
    }
  }
}

function unpackQ6K(p: usize, k: i32, levels: usize, pairs: usize): void {
  const mask = i8x16.splat(0x30);
  for (; k > 0; k -= 256, p += 210, levels += 256) {
    for (let part: usize = 0; part < 4; part++) {
      const half = part >> 1, column = (part & 1) << 4;
      const from = p + (half << 6) + column, to = levels + (half << 7) + column;
      const u = v128.load(from), v = v128.load(from, 32), upper = v128.load(p + (half << 5) + column, 128);
      v128.store(to, v128.or(low(u), v128.and(i16x8.shl(upper, 4), mask)));
      v128.store(to, v128.or(low(v), v128.and(i16x8.shl(upper, 2), mask)), 32);
      v128.store(to, v128.or(high(u), v128.and(upper, mask)), 64);
      v128.store(to, v128.or(high(v), v128.and(i16x8.shr_u(upper, 2), mask)), 96);
    }
    const step = f32x4.splat(loadHalf(p + 208));
    for (let from = p + 192, end = from + 16; from < end; from += 4, pairs += 16) {
      const words = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(from)));
      v128.store(pairs, f32x4.mul(f32x4.convert_i32x4_s(words), step));
    }
  }
}

/** The levels of a row of k numbers and the two floats of each group. */
export function unpackRow(format: i32, p: usize, k: i32, levels: usize, pairs: usize): void {
  if (format == CompactFormat.q4_0) unpackQ4(p, k, levels, pairs);
  else if (format == CompactFormat.q5_0) unpackQ5(p, k, levels, pairs);
  else if (format == CompactFormat.q4_k) unpackQ4K(p, k, levels, pairs);
  else if (format == CompactFormat.q5_k) unpackQ5K(p, k, levels, pairs);
  else unpackQ6K(p, k, levels, pairs);
}

/** What is taken from a level, as the number of bits by which one is shifted. */
@inline export function offsetShift(format: i32): i32 {
  return format == CompactFormat.q4_0 ? 3 : format == CompactFormat.q5_0 ? 4 : 5;
}

/** Whether groups have a least number instead of an offset. */
@inline export function hasLeast(format: i32): bool {
  return format == CompactFormat.q4_k || format == CompactFormat.q5_k;
}
