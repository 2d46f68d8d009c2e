/** @file Activation functions and their derivatives in four lanes, right at ±∞ and NaN too. */
import { erf4, exp4, expBounded4, log4, madd } from "./math";

// Single floats, spread over the lanes when loaded: a vector literal costs several instructions at each use.
const CONSTANTS: usize = memory.data<f32>([
  1, 0.5, -104, 104, 1.59576912161, 0.0713548162726, 0.2140644488178, 0.70710678118, 0.39894228040, -0.5,
  1.12837916710, 0.0001984126984, 0.00138888888, 0.00833333333, 0.04166666666, 0.16666666666, -1, 2,
], 16);

/** Places in the table above. */
export const enum Constant {
  one, half, low, high, geluSlope, geluCube, geluCube3, rootHalf, normalPeak, minusHalf,
  erfSlope, seventh, sixth, fifth, fourth, third, minusOne, two,
}

@inline export function constant(index: Constant): v128 {
  return v128.load32_splat(CONSTANTS + (<usize>index << 2));
}

/** x within ±104, NaN kept: beyond, every slope here is constant in single precision, and ∞·0 does not arise. */
@inline function bounded(x: v128): v128 {
  return f32x4.pmin(aboveLow(x), constant(Constant.high));
}

/** max(x, −104), NaN kept: where a factor vanishes faster than x grows, so that −∞·0 does not arise. */
@inline function aboveLow(x: v128): v128 {
  return f32x4.pmax(x, constant(Constant.low));
}

/** −1, 0 or 1; NaN for NaN. */
@inline export function sign4(x: v128): v128 {
  const zero = f32x4.splat(0);
  const positive = v128.and(f32x4.gt(x, zero), constant(Constant.one));
  const negative = v128.and(f32x4.lt(x, zero), constant(Constant.minusOne));
  return v128.or(v128.or(positive, negative), v128.and(f32x4.ne(x, x), x));
}

/** ln(1 + x): the rounding error of 1 + x is put back at first order. */
export function log1p4(x: v128): v128 {
  const u = f32x4.add(constant(Constant.one), x);
  const lost = f32x4.div(f32x4.sub(x, f32x4.sub(u, constant(Constant.one))), u);
  return f32x4.add(log4(u), v128.and(lost, f32x4.eq(lost, lost)));
}

/** eˣ − 1: Taylor's series to x⁷ below |x| = ½. */
export function expm1_4(x: v128): v128 {
  let p = madd(x, constant(Constant.seventh), constant(Constant.sixth));
  p = madd(p, x, constant(Constant.fifth));
  p = madd(p, x, constant(Constant.fourth));
  p = madd(p, x, constant(Constant.third));
  p = madd(p, x, constant(Constant.half));
  const near = madd(p, f32x4.mul(x, x), x);
  const far = f32x4.sub(exp4(x), constant(Constant.one));
  return v128.bitselect(near, far, f32x4.lt(f32x4.abs(x), constant(Constant.half)));
}

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|). */
@inline export function softplus4(x: v128): v128 {
  return f32x4.add(f32x4.max(x, f32x4.splat(0)), log1p4(exp4(f32x4.neg(f32x4.abs(x)))));
}

/** σ(x) but for far negative x, where it stays above 0 by 6e-39: a little faster, and as good for what is multiplied. */
@inline export function gate4(x: v128): v128 {
  const one = constant(Constant.one);
  return f32x4.div(one, f32x4.add(one, expBounded4(f32x4.neg(x))));
}

@inline export function silu4(x: v128): v128 {
  return gated4(x, gate4(x));
}

/** x·σ(x), with s = σ(x) given. */
@inline export function gated4(x: v128, s: v128): v128 {
  return f32x4.mul(aboveLow(x), s);
}

@inline export function siluSlope4(x: v128): v128 {
  return gatedSlope4(x, gate4(x));
}

/** Derivative of x·σ(x), s·(1 + x·(1 − s)), with s = σ(x) given. */
@inline export function gatedSlope4(x: v128, s: v128): v128 {
  const inner = f32x4.mul(bounded(x), f32x4.sub(constant(Constant.one), s));
  return madd(s, inner, s);
}

/** Φ(x), the standard normal distribution function. */
@inline function normalCdf4(x: v128): v128 {
  const half = constant(Constant.half);
  return madd(half, erf4(f32x4.mul(x, constant(Constant.rootHalf))), half);
}

@inline export function gelu4(x: v128): v128 {
  return f32x4.mul(aboveLow(x), normalCdf4(x));
}

/** Φ(x) + x·φ(x). */
@inline export function geluSlope4(x: v128): v128 {
  const b = bounded(x);
  const density = f32x4.mul(exp4(f32x4.mul(f32x4.mul(b, b), constant(Constant.minusHalf))), constant(Constant.normalPeak));
  return madd(b, density, normalCdf4(x));
}

/** The tanh form is x·σ(2z) with 2z = x·(1.596 + 0.0714·x²). */
@inline function geluGate4(x: v128): v128 {
  return gate4(f32x4.mul(x, madd(f32x4.mul(x, x), constant(Constant.geluCube), constant(Constant.geluSlope))));
}

@inline export function geluTanh4(x: v128): v128 {
  return f32x4.mul(aboveLow(x), geluGate4(x));
}

/** s + x·s·(1 − s)·(2z)′. */
@inline export function geluTanhSlope4(x: v128): v128 {
  const b = bounded(x);
  const s = geluGate4(b);
  const inner = madd(f32x4.mul(b, b), constant(Constant.geluCube3), constant(Constant.geluSlope));
  return madd(f32x4.mul(f32x4.mul(b, s), f32x4.sub(constant(Constant.one), s)), inner, s);
}

/** 2/√π · e^(−x²). */
@inline export function erfSlope4(x: v128): v128 {
  return f32x4.mul(exp4(f32x4.neg(f32x4.mul(x, x))), constant(Constant.erfSlope));
}

/** One lane at a time, for functions that need double precision inside. */
export function sin4(x: v128): v128 {
  let v = f32x4.splat(Mathf.sin(f32x4.extract_lane(x, 0)));
  v = f32x4.replace_lane(v, 1, Mathf.sin(f32x4.extract_lane(x, 1)));
  v = f32x4.replace_lane(v, 2, Mathf.sin(f32x4.extract_lane(x, 2)));
  return f32x4.replace_lane(v, 3, Mathf.sin(f32x4.extract_lane(x, 3)));
}

export function cos4(x: v128): v128 {
  let v = f32x4.splat(Mathf.cos(f32x4.extract_lane(x, 0)));
  v = f32x4.replace_lane(v, 1, Mathf.cos(f32x4.extract_lane(x, 1)));
  v = f32x4.replace_lane(v, 2, Mathf.cos(f32x4.extract_lane(x, 2)));
  return f32x4.replace_lane(v, 3, Mathf.cos(f32x4.extract_lane(x, 3)));
}

/** IEEE 754's power, where 1 to any power is 1 and (−1)^±∞ too; JavaScript's has NaN there. */
function pow(x: f32, y: f32): f32 {
  return x == 1 || (x == -1 && abs(y) == Infinity) ? 1 : Mathf.pow(x, y);
}

export function pow4(x: v128, y: v128): v128 {
  let v = f32x4.splat(pow(f32x4.extract_lane(x, 0), f32x4.extract_lane(y, 0)));
  v = f32x4.replace_lane(v, 1, pow(f32x4.extract_lane(x, 1), f32x4.extract_lane(y, 1)));
  v = f32x4.replace_lane(v, 2, pow(f32x4.extract_lane(x, 2), f32x4.extract_lane(y, 2)));
  return f32x4.replace_lane(v, 3, pow(f32x4.extract_lane(x, 3), f32x4.extract_lane(y, 3)));
}
