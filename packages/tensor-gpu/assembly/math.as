/**
 * @file Elementary functions on four float32 lanes, shared by all kernels.
 *
 * What makes them fast in V8: `pmin`/`pmax` are one instruction where `min`/`max` are several; rounding by adding
 * 1.5·2²³ leaves the exponent in the low bits, so no float-to-int conversion is needed; and 128-bit constants are read
 * from memory, because a literal is built anew, from several instructions, at each use.
 *
 * Polynomials of exp, log and tanh: S. Moshier, Cephes mathematical library, single/expf.c, logf.c, tanhf.c. Those of
 * erf: own minimax fits, below 2e-9 before rounding.
 */

/** a·b + c, fused where the build allows it. */
@inline export function madd(a: v128, b: v128, c: v128): v128 {
  if (FMA) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** c − a·b, fused where the build allows it. */
@inline export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (FMA) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** a·b + c for single floats, through one lane: rounds as `madd` does. */
@inline export function madd1(a: f32, b: f32, c: f32): f32 {
  if (FMA) return f32x4.extract_lane(f32x4.relaxed_madd(f32x4.splat(a), f32x4.splat(b), f32x4.splat(c)), 0);
  return a * b + c;
}

/** Lanes of a where the mask is all ones, of b where it is all zeros. */
@inline export function choose(a: v128, b: v128, mask: v128): v128 {
  if (FMA) return i32x4.relaxed_laneselect(a, b, mask);
  return v128.bitselect(a, b, mask);
}

/**
 * c plus, in each of its four lanes, the sum of four products of bytes: of a signed, of b from 0 to 127. Two neighbouring products
 * must stay below 2¹⁵ together; then the sum is exact in every build.
 */
@inline export function dotBytes(a: v128, b: v128, c: v128): v128 {
  if (FMA) return i32x4.relaxed_dot_i8x16_i7x16_add_s(a, b, c);
  const low = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(a), i16x8.extend_low_i8x16_s(b));
  const high = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(a), i16x8.extend_high_i8x16_s(b));
  return i32x4.add(i32x4.extadd_pairwise_i16x8_s(i16x8.narrow_i32x4_s(low, high)), c);
}

/** Sums of two neighbouring products of such bytes, as eight 16-bit numbers. */
@inline export function dotTwos(a: v128, b: v128): v128 {
  if (FMA) return i16x8.relaxed_dot_i8x16_i7x16_s(a, b);
  const low = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(a), i16x8.extend_low_i8x16_s(b));
  return i16x8.narrow_i32x4_s(low, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(a), i16x8.extend_high_i8x16_s(b)));
}

@inline export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** Sum of the four lanes, as (0 + 2) + (1 + 3). */
@inline export function sumLanes(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<i64>(v, v, 1, 0));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** Largest lane. NaN propagates, as in `Math.max`. */
@inline export function maxLanes(v: v128): f32 {
  return max(
    max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

@inline const EXP: usize = memory.data<f32>([
  -87.3365, -87.3365, -87.3365, -87.3365,
  88.7228, 88.7228, 88.7228, 88.7228,
  1.44269504, 1.44269504, 1.44269504, 1.44269504,
  12582912, 12582912, 12582912, 12582912,
  0.693359375, 0.693359375, 0.693359375, 0.693359375,
  -2.12194440e-4, -2.12194440e-4, -2.12194440e-4, -2.12194440e-4,
  1.9875691500e-4, 1.9875691500e-4, 1.9875691500e-4, 1.9875691500e-4,
  1.3981999507e-3, 1.3981999507e-3, 1.3981999507e-3, 1.3981999507e-3,
  8.3334519073e-3, 8.3334519073e-3, 8.3334519073e-3, 8.3334519073e-3,
  4.1665795894e-2, 4.1665795894e-2, 4.1665795894e-2, 4.1665795894e-2,
  1.6666665459e-1, 1.6666665459e-1, 1.6666665459e-1, 1.6666665459e-1,
  5.0000001201e-1, 5.0000001201e-1, 5.0000001201e-1, 5.0000001201e-1,
  1, 1, 1, 1,
  Infinity, Infinity, Infinity, Infinity,
  12583039, 12583039, 12583039, 12583039, // the fourth row, with the exponent's bias
  88, 88, 88, 88,
], 16);

/**
 * eˣ for x inside the normal range: a polynomial times 2ⁿ, n being in the low bits of `shifted`. Adding n to the
 * exponent (`!byProduct`) serves the whole range, but turns a NaN into a number if its own low bits are not zeros. As a
 * product, for x ≤ 88, every NaN stays NaN.
 */
@inline function exp4InRange(x: v128, byProduct: bool): v128 {
  const magic = byProduct ? v128.load(EXP, 224) : v128.load(EXP, 48);
  const shifted = madd(x, v128.load(EXP, 32), magic);
  const n = f32x4.sub(shifted, magic);
  let r = nmadd(n, v128.load(EXP, 64), x);
  r = nmadd(n, v128.load(EXP, 80), r);
  let p = madd(v128.load(EXP, 96), r, v128.load(EXP, 112));
  p = madd(p, r, v128.load(EXP, 128));
  p = madd(p, r, v128.load(EXP, 144));
  p = madd(p, r, v128.load(EXP, 160));
  p = madd(p, r, v128.load(EXP, 176));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), v128.load(EXP, 192));
  const power = i32x4.shl(shifted, 23);
  return byProduct ? f32x4.mul(p, power) : i32x4.add(p, power);
}

/** eˣ, relative error below 2e-7; results under 1.2e-38 are 0, over the largest float ∞; NaN stays NaN. */
@inline export function exp4(x: v128): v128 {
  const low = v128.load(EXP);
  const high = v128.load(EXP, 16);
  const e = exp4InRange(f32x4.pmin(f32x4.pmax(x, low), high), false);
  const beyond = f32x4.add(x, v128.load(EXP, 208)); // ∞, or NaN for NaN
  return choose(v128.andnot(e, f32x4.lt(x, low)), beyond, f32x4.le(x, high));
}

/** eˣ for x ≤ 0 (softmax after its maximum is taken off): as `exp4` without the test for overflow. */
@inline export function expNegative4(x: v128): v128 {
  const low = v128.load(EXP);
  return v128.andnot(exp4InRange(f32x4.pmax(x, low), true), f32x4.lt(x, low));
}

/** eˣ with x held to −87.3 … 88, so never 0 or ∞; NaN stays NaN. */
@inline export function expBounded4(x: v128): v128 {
  return exp4InRange(f32x4.pmin(f32x4.pmax(x, v128.load(EXP)), v128.load(EXP, 240)), true);
}

/** eˣ of one float, equal to a lane of `exp4`. */
export function exp(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

/** 1 / (1 + e⁻ˣ). */
@inline export function sigmoid4(x: v128): v128 {
  const one = v128.load(EXP, 192);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

@inline const TANH: usize = memory.data<f32>([
  0.625, 0.625, 0.625, 0.625,
  -5.70498872745e-3, -5.70498872745e-3, -5.70498872745e-3, -5.70498872745e-3,
  2.06390887954e-2, 2.06390887954e-2, 2.06390887954e-2, 2.06390887954e-2,
  -5.37397155531e-2, -5.37397155531e-2, -5.37397155531e-2, -5.37397155531e-2,
  1.33314422036e-1, 1.33314422036e-1, 1.33314422036e-1, 1.33314422036e-1,
  -3.33332819422e-1, -3.33332819422e-1, -3.33332819422e-1, -3.33332819422e-1,
], 16);

/** tanh x: an odd polynomial below 0.625, 1 − 2/(e^{2|x|} + 1) with the sign of x beyond. */
@inline export function tanh4(x: v128): v128 {
  const one = v128.load(EXP, 192);
  const size = f32x4.abs(x);
  const e = exp4(f32x4.add(size, size));
  const far = f32x4.sub(one, f32x4.div(f32x4.add(one, one), f32x4.add(e, one)));
  const z = f32x4.mul(x, x);
  let p = madd(v128.load(TANH, 16), z, v128.load(TANH, 32));
  p = madd(p, z, v128.load(TANH, 48));
  p = madd(p, z, v128.load(TANH, 64));
  p = madd(p, z, v128.load(TANH, 80));
  const near = madd(f32x4.mul(p, z), x, x);
  const sign = v128.xor(x, size);
  return choose(near, v128.or(far, sign), f32x4.lt(size, v128.load(TANH)));
}

@inline const LOG: usize = memory.data<f32>([
  7.0376836292e-2, 7.0376836292e-2, 7.0376836292e-2, 7.0376836292e-2,
  -1.1514610310e-1, -1.1514610310e-1, -1.1514610310e-1, -1.1514610310e-1,
  1.1676998740e-1, 1.1676998740e-1, 1.1676998740e-1, 1.1676998740e-1,
  -1.2420140846e-1, -1.2420140846e-1, -1.2420140846e-1, -1.2420140846e-1,
  1.4249322787e-1, 1.4249322787e-1, 1.4249322787e-1, 1.4249322787e-1,
  -1.6668057665e-1, -1.6668057665e-1, -1.6668057665e-1, -1.6668057665e-1,
  2.0000714765e-1, 2.0000714765e-1, 2.0000714765e-1, 2.0000714765e-1,
  -2.4999993993e-1, -2.4999993993e-1, -2.4999993993e-1, -2.4999993993e-1,
  3.3333331174e-1, 3.3333331174e-1, 3.3333331174e-1, 3.3333331174e-1,
  1.17549435e-38, 1.17549435e-38, 1.17549435e-38, 1.17549435e-38, // smallest normal
  8388608, 8388608, 8388608, 8388608, // 2^23
  0.70710678, 0.70710678, 0.70710678, 0.70710678,
  0.5, 0.5, 0.5, 0.5,
], 16);

/** Natural logarithm: −∞ at 0, NaN below, ∞ at ∞; denormal arguments are scaled first. */
@inline export function log4(x: v128): v128 {
  const one = v128.load(EXP, 192);
  const tiny = f32x4.lt(x, v128.load(LOG, 144));
  const scaled = choose(f32x4.mul(x, v128.load(LOG, 160)), x, tiny);
  let exponent = i32x4.sub(i32x4.shr_u(scaled, 23), i32x4.splat(126));
  exponent = i32x4.sub(exponent, v128.and(tiny, i32x4.splat(23)));
  // mantissa in [0.5, 1), moved to [√½, √2) − 1
  const half = v128.load(LOG, 192);
  let m = v128.or(v128.and(scaled, i32x4.splat(0x007fffff)), half);
  const low = f32x4.lt(m, v128.load(LOG, 176));
  m = f32x4.sub(f32x4.add(m, v128.and(m, low)), one);
  const n = f32x4.convert_i32x4_s(i32x4.add(exponent, low));
  const z = f32x4.mul(m, m);
  let p = madd(v128.load(LOG), m, v128.load(LOG, 16));
  p = madd(p, m, v128.load(LOG, 32));
  p = madd(p, m, v128.load(LOG, 48));
  p = madd(p, m, v128.load(LOG, 64));
  p = madd(p, m, v128.load(LOG, 80));
  p = madd(p, m, v128.load(LOG, 96));
  p = madd(p, m, v128.load(LOG, 112));
  p = madd(p, m, v128.load(LOG, 128));
  p = f32x4.mul(f32x4.mul(p, m), z);
  p = madd(n, v128.load(EXP, 80), p);
  p = nmadd(half, z, p);
  let y = madd(n, v128.load(EXP, 64), f32x4.add(m, p));
  const zero = f32x4.splat(0);
  const infinity = v128.load(EXP, 208);
  y = choose(x, y, f32x4.eq(x, infinity));
  y = choose(f32x4.neg(infinity), y, f32x4.eq(x, zero));
  return v128.or(y, v128.not(f32x4.ge(x, zero))); // all ones is a NaN
}

/** Natural logarithm of one float, equal to a lane of `log4`. */
export function log(x: f32): f32 {
  return f32x4.extract_lane(log4(f32x4.splat(x)), 0);
}

@inline const ERF: usize = memory.data<f32>([
  7.8891094653e-5, 7.8891094653e-5, 7.8891094653e-5, 7.8891094653e-5,
  -8.0208386137e-4, -8.0208386137e-4, -8.0208386137e-4, -8.0208386137e-4,
  5.1895350881e-3, 5.1895350881e-3, 5.1895350881e-3, 5.1895350881e-3,
  -2.6854444495e-2, -2.6854444495e-2, -2.6854444495e-2, -2.6854444495e-2,
  1.1283600175e-1, 1.1283600175e-1, 1.1283600175e-1, 1.1283600175e-1,
  -3.7612627136e-1, -3.7612627136e-1, -3.7612627136e-1, -3.7612627136e-1,
  1.1283791659, 1.1283791659, 1.1283791659, 1.1283791659,
  -1.8557787878e-4, -1.8557787878e-4, -1.8557787878e-4, -1.8557787878e-4,
  2.9396445067e-3, 2.9396445067e-3, 2.9396445067e-3, 2.9396445067e-3,
  -2.1805464291e-2, -2.1805464291e-2, -2.1805464291e-2, -2.1805464291e-2,
  1.0303766804e-1, 1.0303766804e-1, 1.0303766804e-1, 1.0303766804e-1,
  6.3822533873e-1, 6.3822533873e-1, 6.3822533873e-1, 6.3822533873e-1,
  1.1270402365, 1.1270402365, 1.1270402365, 1.1270402365,
  3.5367090339e-4, 3.5367090339e-4, 3.5367090339e-4, 3.5367090339e-4,
  4, 4, 4, 4,
], 16);

/** Error function: x·P(x²) inside [−1, 1], ±(1 − e^{−Q(|x|)}) outside; absolute error below 2e-7. */
@inline export function erf4(x: v128): v128 {
  const one = v128.load(EXP, 192);
  const size = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let p = madd(v128.load(ERF), z, v128.load(ERF, 16));
  p = madd(p, z, v128.load(ERF, 32));
  p = madd(p, z, v128.load(ERF, 48));
  p = madd(p, z, v128.load(ERF, 64));
  p = madd(p, z, v128.load(ERF, 80));
  p = madd(p, z, v128.load(ERF, 96));
  const a = f32x4.pmin(size, v128.load(ERF, 224));
  let q = madd(v128.load(ERF, 112), a, v128.load(ERF, 128));
  q = madd(q, a, v128.load(ERF, 144));
  q = madd(q, a, v128.load(ERF, 160));
  q = madd(q, a, v128.load(ERF, 176));
  q = madd(q, a, v128.load(ERF, 192));
  q = madd(q, a, v128.load(ERF, 208));
  const far = f32x4.sub(one, exp4InRange(f32x4.neg(q), true));
  return choose(f32x4.mul(p, x), v128.or(far, v128.xor(x, size)), f32x4.le(size, one));
}
