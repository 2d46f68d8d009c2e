/** @file Random numbers. Items are elements. */
import { place } from "./arguments";
import { Constant, constant } from "./curves";
import { loadPart, storePart } from "./lanes";
import { log4, madd } from "./math";
import { philox16, philox4 } from "./philox";

const enum Kind {
  uniform, normal, bernoulli,
}

export const enum ElementType {
  float32, int32, bool,
}

/** Numbers `offset` and following of the stream that belongs to the seed. */
@unmanaged class Stream {
  out: usize;
  seed: u64;
  offset: u64;
}

@unmanaged class RandomUniform extends Stream {
  start: f64;
  width: f64;
  type: i32; // an ElementType
}

@unmanaged class RandomNormal extends Stream {
  mean: f32;
  deviation: f32;
  type: i32; // an ElementType
}

@unmanaged class RandomBernoulli extends Stream {
  threshold: i32; // for a word's upper 24 bits
  one: i32; // the bits of one
}

@unmanaged class Dropout extends Stream {
  x: usize;
  threshold: i32; // for a word's upper 24 bits
  scale: f32; // 1 / (1 − p)
}

const ROTATIONS: usize = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
], 16);

/** Lanes moved down so that lane `first` comes first. */
function rotate(v: v128, first: i32): v128 {
  return i8x16.swizzle(v, v128.load(ROTATIONS + (<usize>first << 2)));
}

/** 0 or 1 of the element type wherever the word's upper 24 bits are under the threshold. */
@inline function bernoulli4(words: v128, args: RandomBernoulli): v128 {
  return v128.and(i32x4.lt_s(i32x4.shr_u(words, 8), i32x4.splat(args.threshold)), i32x4.splat(args.one));
}

/** start + width·(word >>> 8)·2⁻²⁴ in double precision, two lanes at a time. */
function uniform4(words: v128, args: RandomUniform): v128 {
  const upper = i32x4.shr_u(words, 8);
  const start = f64x2.splat(args.start), width = f64x2.splat(args.width);
  const scale = f64x2.splat(1.0 / 16777216.0);
  const low = f64x2.add(start, f64x2.mul(width, f64x2.mul(f64x2.convert_low_i32x4_u(upper), scale)));
  const rest = v128.shuffle<i64>(upper, upper, 1, 0);
  const high = f64x2.add(start, f64x2.mul(width, f64x2.mul(f64x2.convert_low_i32x4_u(rest), scale)));
  const type = args.type;
  if (type == ElementType.int32) {
    return v128.shuffle<i64>(i32x4.trunc_sat_f64x2_s_zero(low), i32x4.trunc_sat_f64x2_s_zero(high), 0, 2);
  }
  const floats = v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
  return type == ElementType.bool ? isNonZero4(floats) : floats;
}

@inline function isNonZero4(x: v128): v128 {
  return i32x4.shr_u(f32x4.ne(x, f32x4.splat(0)), 31);
}

const SINE: usize = memory.data<f32>([
  6.28318530718, 1.6059043836821613e-10, -2.505210838544172e-8, 2.7557319223985893e-6, -1.984126984126984e-4,
  8.333333333333333e-3, -0.16666666666666666, 5.960464477539063e-8, 0.25,
], 16);

@inline function sine(index: i32): v128 {
  return v128.load32_splat(SINE + (<usize>index << 2));
}

/** cos 2πx for |x| ≤ 1: reduced to a sine on a quarter turn, Taylor's series to x¹³. */
@inline function cosineOfTurns(x: v128): v128 {
  const rest = f32x4.abs(f32x4.sub(x, f32x4.nearest(x)));
  const t = f32x4.mul(f32x4.sub(sine(8), rest), sine(0));
  const z = f32x4.mul(t, t);
  let p = madd(z, sine(1), sine(2));
  p = madd(p, z, sine(3));
  p = madd(p, z, sine(4));
  p = madd(p, z, sine(5));
  p = madd(p, z, sine(6));
  return madd(f32x4.mul(p, z), t, t);
}

/** Box–Muller: radius from the even lane, angle from the odd one; cosine to the even, sine to the odd. */
function normal4(words: v128, args: RandomNormal): v128 {
  const upper = f32x4.convert_i32x4_u(i32x4.shr_u(words, 8));
  const one = constant(Constant.one), ulp = sine(7);
  const u1 = f32x4.mul(f32x4.add(v128.shuffle<i32>(upper, upper, 0, 0, 2, 2), one), ulp);
  const radius = f32x4.sqrt(f32x4.mul(log4(u1), f32x4.neg(constant(Constant.two))));
  const quarter = v128.and(sine(8), i32x4(0, -1, 0, -1));
  const turns = f32x4.sub(f32x4.mul(v128.shuffle<i32>(upper, upper, 1, 1, 3, 3), ulp), quarter);
  const x = madd(f32x4.mul(radius, cosineOfTurns(turns)), f32x4.splat(args.deviation), f32x4.splat(args.mean));
  const type = args.type;
  if (type == ElementType.int32) return i32x4.trunc_sat_f32x4_s(x);
  return type == ElementType.bool ? isNonZero4(x) : x;
}

@inline function transform(kind: Kind, words: v128, args: Stream): v128 {
  if (kind == Kind.uniform) return uniform4(words, changetype<RandomUniform>(args));
  if (kind == Kind.normal) return normal4(words, changetype<RandomNormal>(args));
  return bernoulli4(words, changetype<RandomBernoulli>(args));
}

@inline function generate(kind: Kind, args: Stream, begin: i32, end: i32): void {
  const seed = args.seed;
  let position = args.offset + begin, out = place(args.out, begin);
  for (let left = end - begin; left > 0;) {
    const lane = <i32>(position & 3);
    let count = min(4 - lane, left);
    if (lane == 0 && left >= 16) {
      philox16(out, seed, position >> 2);
      for (let j: usize = 0; j < 64; j += 16) v128.store(out + j, transform(kind, v128.load(out + j), args));
      count = 16;
    } else {
      storePart(out, rotate(transform(kind, philox4(seed, position >> 2), args), lane), count);
    }
    out += <usize>count << 2;
    position += count;
    left -= count;
  }
}

export function randomUniform(args: RandomUniform, begin: i32, end: i32): void {
  generate(Kind.uniform, args, begin, end);
}

export function randomNormal(args: RandomNormal, begin: i32, end: i32): void {
  generate(Kind.normal, args, begin, end);
}

export function randomBernoulli(args: RandomBernoulli, begin: i32, end: i32): void {
  generate(Kind.bernoulli, args, begin, end);
}

/** x/(1 − p) where the word's upper 24 bits reach the threshold, else 0. */
@inline function drop(words: v128, x: v128, args: Dropout): v128 {
  const lost = i32x4.lt_s(i32x4.shr_u(words, 8), i32x4.splat(args.threshold));
  return v128.andnot(f32x4.mul(x, f32x4.splat(args.scale)), lost);
}

/** May write over x: the words go through `out` only after x is in registers. */
export function dropout(args: Dropout, begin: i32, end: i32): void {
  const seed = args.seed;
  let position = args.offset + begin;
  let out = place(args.out, begin), x = place(args.x, begin);
  for (let left = end - begin; left > 0;) {
    const lane = <i32>(position & 3);
    let count = min(4 - lane, left);
    if (lane == 0 && left >= 16) {
      const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
      philox16(out, seed, position >> 2);
      v128.store(out, drop(v128.load(out), a, args));
      v128.store(out, drop(v128.load(out, 16), b, args), 16);
      v128.store(out, drop(v128.load(out, 32), c, args), 32);
      v128.store(out, drop(v128.load(out, 48), d, args), 48);
      count = 16;
    } else {
      storePart(out, drop(rotate(philox4(seed, position >> 2), lane), loadPart(x, count), args), count);
    }
    out += <usize>count << 2;
    x += <usize>count << 2;
    position += count;
    left -= count;
  }
}
