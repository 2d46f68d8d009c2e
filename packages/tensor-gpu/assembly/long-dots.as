/**
 * @file Products of a row or few of activations with rows of K types, in whole numbers up to the end of a block of 256. Levels are
 * multiplied as they are unpacked; two rows of the weight at a time share the activations.
 */
import { place } from "./arguments";
import { blockRowBytes, high, low } from "./block-levels";
import { fromHalves } from "./block-rows";
import { CompactFormat } from "./compact";
import { CompactDots, put } from "./compact-dots";
import { LONG, LONG_BYTES, leastFactors, signedFactors, SUMS_16, SUMS_32 } from "./long-rows";
import { dotTwos } from "./math";
import { scratchArea } from "./scratch";

/** s + factor · (x·a + y·b), the factor being the 16 bits at `at`. The sums of four products are below 2¹⁴. */
@inline function addTwo(s: v128, at: usize, x: v128, a: v128, y: v128, b: v128): v128 {
  return i32x4.add(s, i32x4.dot_i16x8_s(i16x8.add(dotTwos(x, a), dotTwos(y, b)), v128.load16_splat(at)));
}

@inline function addOne(s: v128, at: usize, x: v128, a: v128): v128 {
  return i32x4.add(s, i32x4.dot_i16x8_s(dotTwos(x, a), v128.load16_splat(at)));
}

/** The fifth bits of levels: bit `4 − shift` of each byte. */
@inline function upperBit(bits: v128, shift: i32): v128 {
  return v128.and(i16x8.shl(bits, shift), i8x16.splat(16));
}

/** Sums of the lanes of each of four vectors. */
@inline function fourSums(s: v128, m: v128, t: v128, n: v128): v128 {
  const a = i32x4.add(v128.shuffle<i32>(s, m, 0, 4, 1, 5), v128.shuffle<i32>(s, m, 2, 6, 3, 7));
  const b = i32x4.add(v128.shuffle<i32>(t, n, 0, 4, 1, 5), v128.shuffle<i32>(t, n, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i64>(a, b, 0, 2), v128.shuffle<i64>(a, b, 1, 3));
}

/** The sums so far and those of a block, times its float16s (two of p, two of r) and the activations' step at q. */
@inline function addBlock(sums: v128, whole: v128, p: u32, r: u32, q: usize): v128 {
  const steps = fromHalves(i32x4.extend_low_i16x8_s(i64x2.splat(<u64>p | <u64>r << 32)));
  return f32x4.add(sums, f32x4.mul(f32x4.convert_i32x4_s(whole), f32x4.mul(steps, v128.load(q))));
}

/** Two rows of Q4_K or Q5_K, whose results are lanes 0 − 1 and 2 − 3. */
@inline function pairLeast(isFive: bool, p: usize, r: usize, q: usize, k: i32, area: usize): v128 {
  const bytes: usize = isFive ? 176 : 144, levels: usize = isFive ? 48 : 16;
  let sums = f32x4.splat(0);
  for (; k > 0; k -= LONG, p += bytes, r += bytes, q += LONG_BYTES) {
    const least = leastFactors(p, area), other = leastFactors(r, area + 16), x = v128.load(q, SUMS_32);
    let s = i32x4.splat(0), t = s;
    let g = s, h = s, i = s, j = s;
    if (isFive) { g = v128.load(p, 16); h = v128.load(p, 32); i = v128.load(r, 16); j = v128.load(r, 32); }
    for (let at: usize = 0; at < 4; at++) {
      const from = q + (at << 6), own = area + (at << 2), u = p + (at << 5), v = r + (at << 5);
      const x0 = v128.load(from, 16), x1 = v128.load(from, 32), x2 = v128.load(from, 48), x3 = v128.load(from, 64);
      const a = v128.load(u + levels), b = v128.load(u + levels, 16), c = v128.load(v + levels), d = v128.load(v + levels, 16);
      if (isFive) {
        s = addTwo(s, own, x0, v128.or(low(a), upperBit(g, 4)), x1, v128.or(low(b), upperBit(h, 4)));
        t = addTwo(t, own + 16, x0, v128.or(low(c), upperBit(i, 4)), x1, v128.or(low(d), upperBit(j, 4)));
        s = addTwo(s, own + 2, x2, v128.or(high(a), upperBit(g, 3)), x3, v128.or(high(b), upperBit(h, 3)));
        t = addTwo(t, own + 18, x2, v128.or(high(c), upperBit(i, 3)), x3, v128.or(high(d), upperBit(j, 3)));
        g = i16x8.shr_u(g, 2); h = i16x8.shr_u(h, 2); i = i16x8.shr_u(i, 2); j = i16x8.shr_u(j, 2);
      } else {
        s = addTwo(s, own, x0, low(a), x1, low(b));
        t = addTwo(t, own + 16, x0, low(c), x1, low(d));
        s = addTwo(s, own + 2, x2, high(a), x3, high(b));
        t = addTwo(t, own + 18, x2, high(c), x3, high(d));
      }
    }
    const whole = fourSums(s, i32x4.dot_i16x8_s(least, x), t, i32x4.dot_i16x8_s(other, x));
    sums = addBlock(sums, whole, load<u32>(p), load<u32>(r), q);
  }
  return sums;
}

/** s + the sums of 64 numbers of Q6_K, every 32nd 16: nibbles of a and b, upper bits, activations at q and factors at `at`. */
@inline function addSix(s: v128, at: usize, a: v128, b: v128, upper: v128, x: v128, y: v128, z: v128, w: v128): v128 {
  const mask = i8x16.splat(0x30);
  s = addOne(s, at, x, v128.or(low(a), v128.and(i16x8.shl(upper, 4), mask)));
  s = addOne(s, at + 4, y, v128.or(low(b), v128.and(i16x8.shl(upper, 2), mask)));
  s = addOne(s, at + 8, z, v128.or(high(a), v128.and(upper, mask)));
  return addOne(s, at + 12, w, v128.or(high(b), v128.and(i16x8.shr_u(upper, 2), mask)));
}

/** 32 times what a block of Q6_K takes from its levels, in four parts and negative. Its factors go to `area`. */
@inline function sixTaken(p: usize, q: usize, area: usize): v128 {
  const first = i32x4.dot_i16x8_s(signedFactors(p + 192, area), v128.load(q, SUMS_16));
  const second = i32x4.dot_i16x8_s(signedFactors(p + 200, area + 16), v128.load(q, SUMS_16 + 16));
  return i32x4.neg(i32x4.shl(i32x4.add(first, second), 5));
}

/** Two rows of Q6_K. */
@inline function pairSix(p: usize, r: usize, q: usize, k: i32, area: usize): v128 {
  const none = i32x4.splat(0);
  let sums = f32x4.splat(0);
  for (; k > 0; k -= LONG, p += 210, r += 210, q += LONG_BYTES) {
    let s = sixTaken(p, q, area), t = sixTaken(r, q, area + 32);
    for (let part: usize = 0; part < 4; part++) {
      const half = part >> 1, column = (part & 1) << 4, from = (half << 6) + column;
      const upper = (half << 5) + column + 128, own = q + (half << 7) + column, at = area + (half << 4) + ((part & 1) << 1);
      const x = v128.load(own, 16), y = v128.load(own, 48), z = v128.load(own, 80), w = v128.load(own, 112);
      s = addSix(s, at, v128.load(p + from), v128.load(p + from, 32), v128.load(p + upper), x, y, z, w);
      t = addSix(t, at + 32, v128.load(r + from), v128.load(r + from, 32), v128.load(r + upper), x, y, z, w);
    }
    sums = addBlock(sums, fourSums(s, none, t, none), load<u16>(p, 208), load<u16>(r, 208), q);
  }
  return sums;
}

/** out (m×n) = or += x·rowsᵀ. An item is one row of the weight; two are read at a time, from places far apart. */
export function longDots(args: CompactDots, begin: i32, end: i32): void {
  const m = args.m, n = args.n, k = args.k, format = args.format, accumulate = args.accumulate != 0;
  const bytes = blockRowBytes(format, k), xBytes = <usize>(k >> 8) * LONG_BYTES, area = scratchArea();
  const half = (end - begin + 1) >> 1;
  for (let row = begin; row < begin + half; row++) {
    const other = row + half < end ? row + half : row; // the same row twice where their number is odd
    const p = args.rows + <usize>row * bytes, r = args.rows + <usize>other * bytes;
    for (let i = 0; i < m; i++) {
      const q = args.quantized + <usize>i * xBytes;
      const sums = format == CompactFormat.q4_k ? pairLeast(false, p, r, q, k, area)
        : format == CompactFormat.q5_k ? pairLeast(true, p, r, q, k, area)
        : pairSix(p, r, q, k, area);
      put(place(args.out, i * n + row), f32x4.extract_lane(sums, 0) - f32x4.extract_lane(sums, 1), accumulate);
      if (other == row) continue;
      put(place(args.out, i * n + other), f32x4.extract_lane(sums, 2) - f32x4.extract_lane(sums, 3), accumulate);
    }
  }
}
