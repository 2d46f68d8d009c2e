/**
 * @file Elementary functions in WGSL. The built-in ones promise neither precision nor NaN and infinities, which a compiler may
 * take for impossible: these are tested for by their bits, and made from words that no compiler knows.
 */

export const MATH_FUNCTIONS: Readonly<Record<string, string>> = {
  isNan: "fn isNan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }",
  isFinite:
    "fn isFinite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }",
  isInfinite:
    "fn isInfinite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) == 0x7f800000u; }",
  nanOf: `var<private> nanBits: u32 = 0x7fc00000u;
fn nanOf() -> f32 { return bitcast<f32>(nanBits); }`,
  infinityOf: `var<private> infinityBits: u32 = 0x7f800000u;
fn infinityOf() -> f32 { return bitcast<f32>(infinityBits); }`,
  // The larger, NaN if either is.
  maxOf: `fn maxOf(x: f32, y: f32) -> f32 {
  return select(y, x, isNan(x) | (!isNan(y) & (x > y)));
}`,
  minOf: `fn minOf(x: f32, y: f32) -> f32 {
  return select(y, x, isNan(x) | (!isNan(y) & (x < y)));
}`,
  rootOf: `fn rootOf(x: f32) -> f32 {
  if (isNan(x) || x == 0.0) { return x; }
  if (x < 0.0) { return nanOf(); }
  if (isInfinite(x)) { return x; }
  return sqrt(x);
}`,
  // e^x = 2ⁿ·e^r with |r| ≤ ½·log 2, the power in two steps so that subnormal results are reached; without branches.
  // Moshier 1989, "Methods and programs for mathematical functions", section 2.2
  expOfFour: `fn expOfFour(x: vec4f) -> vec4f {
  let y = clamp(x, vec4f(-104.0), vec4f(88.8));
  let n = floor(y * 1.4426950408889634 + 0.5);
  let r = (y - n * 0.693359375) + n * 2.12194440e-4;
  let p = ((((1.9875691500e-4 * r + 1.3981999507e-3) * r + 8.3334519073e-3) * r + 4.1665795894e-2) * r + 1.6666665459e-1) * r + 0.5;
  let whole = vec4i(n);
  let half = whole / 2;
  let scaled = (p * r * r + r + 1.0) * bitcast<vec4f>(vec4u(half + 127) << vec4u(23u)) * bitcast<vec4f>(vec4u(whole - half + 127) << vec4u(23u));
  let ended = select(select(scaled, vec4f(infinityOf()), x > vec4f(88.8)), vec4f(), x < vec4f(-104.0));
  return select(ended, x, (bitcast<vec4u>(x) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u));
}`,
  // Compilers drop the three components that nobody reads.
  expOf: "fn expOf(x: f32) -> f32 { return expOfFour(vec4f(x)).x; }",
  // log x = e·log 2 + log m with √½ ≤ m < √2. Moshier 1989, section 2.3
  logOf: `fn logOf(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  if (x < 0.0) { return nanOf(); }
  if (x == 0.0) { return -infinityOf(); }
  if (isInfinite(x)) { return x; }
  var y = x;
  var e = 0.0;
  if (y < 1.17549435e-38) { y = y * 16777216.0; e = -24.0; }
  let bits = bitcast<u32>(y);
  e += f32(i32(bits >> 23u) - 126);
  var m = bitcast<f32>((bits & 0x7fffffu) | 0x3f000000u);
  if (m < 0.70710678) { e -= 1.0; m = m + m; }
  m = m - 1.0;
  let z = m * m;
  var p = (((7.0376836292e-2 * m - 1.1514610310e-1) * m + 1.1676998740e-1) * m - 1.2420140846e-1) * m + 1.4249322787e-1;
  p = (((p * m - 1.6668057665e-1) * m + 2.0000714765e-1) * m - 2.4999993993e-1) * m + 3.3333331174e-1;
  p = p * m * z - 2.12194440e-4 * e - 0.5 * z;
  return m + p + 0.693359375 * e;
}`,
  // 0·x: NaN where x is not finite.
  zeroTimes: "fn zeroTimes(x: f32) -> f32 { return select(nanOf(), 0.0, isFinite(x)); }",
  // x clamped to a range beyond which every slope is constant, so that ∞·0 does not occur.
  bounded: "fn bounded(x: f32) -> f32 { return select(clamp(x, -1000.0, 1000.0), x, isNan(x)); }",
  // x·gate, where a closed gate gives 0 even for −∞.
  gated: `fn gated(x: f32, gate: f32) -> f32 {
  return select(x * gate, 0.0, gate == 0.0 && !isNan(gate));
}`,
  // e^x − 1: the series where the difference would cancel.
  expMinus1: `fn expMinus1(x: f32) -> f32 {
  if (abs(x) < 0.5 && !isNan(x)) {
    return x * (1.0 + x * (0.5 + x * (0.16666666666666666 + x * (0.041666666666666664 + x * (0.008333333333333333 +
      x * (0.001388888888888889 + x * (0.0001984126984126984 + x * 0.0000248015873015873)))))));
  }
  return expOf(x) - 1.0;
}`,
  // log(1 + x) = 2·artanh(x/(2 + x)), by its series near 0.
  logOnePlus: `fn logOnePlus(x: f32) -> f32 {
  if (abs(x) < 0.5 && !isNan(x)) {
    let s = x / (2.0 + x);
    let q = s * s;
    return 2.0 * s * (1.0 + q * (0.3333333333333333 + q * (0.2 + q * (0.14285714285714285 + q * (0.1111111111111111 +
      q * (0.09090909090909091 + q * (0.07692307692307693 + q * 0.06666666666666667)))))));
  }
  return logOf(1.0 + x);
}`,
  // Written by e^(−2|x|), which cannot overflow.
  tanhOf: `fn tanhOf(x: f32) -> f32 {
  let t = expMinus1(-2.0 * abs(x));
  let size = -t / (t + 2.0);
  return select(size, -size, x < 0.0);
}`,
  sigmoidOf: `fn sigmoidOf(x: f32) -> f32 {
  let e = expOf(-abs(x));
  if (x < 0.0 && !isNan(x)) { return e / (1.0 + e); }
  return 1.0 / (1.0 + e);
}`,
  softplusOf: `fn softplusOf(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  return select(0.0, x, x > 0.0) + logOnePlus(expOf(-abs(x)));
}`,
  // Chebyshev fit of relative error below 1.2e-7. Press et al. 1992, "Numerical recipes in C", section 6.2
  erfcOf: `fn erfcOf(x: f32) -> f32 {
  let z = abs(x);
  let t = 1.0 / (1.0 + 0.5 * z);
  let inner = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806 +
    t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  if (isInfinite(x)) { return select(0.0, 2.0, x < 0.0); }
  let tail = t * expOf(-z * z + inner);
  return select(tail, 2.0 - tail, x < 0.0);
}`,
  // Near 0 by the series 2/√π·Σ (−1)ⁿ x^(2n+1)/(n!(2n+1)).
  erfOf: `fn erfOf(x: f32) -> f32 {
  if (abs(x) < 0.75 && !isNan(x)) {
    let q = x * x;
    return 1.1283791670955126 * x * (1.0 - q * (0.3333333333333333 - q * (0.1 - q * (0.023809523809523808 -
      q * (0.004629629629629629 - q * (0.0007575757575757576 - q * (0.00010683760683760684 - q * 0.000013227513227513228)))))));
  }
  return 1.0 - erfcOf(x);
}`,
  normalCdf: "fn normalCdf(x: f32) -> f32 { return 0.5 * erfcOf(-x * 0.7071067811865476); }",
  geluInner:
    "fn geluInner(x: f32) -> f32 { return 0.7978845608028654 * (x + 0.044715 * x * x * x); }",
  siluOf: "fn siluOf(x: f32) -> f32 { return gated(x, sigmoidOf(x)); }",
  siluSlope:
    "fn siluSlope(x: f32) -> f32 { return sigmoidOf(x) * (1.0 + bounded(x) * sigmoidOf(-x)); }",
  // IEEE 754's power. Small whole exponents by multiplication, the others by exp and log of |base|.
  powOf: `fn powOf(base: f32, exponent: f32) -> f32 {
  if (exponent == 0.0 && !isNan(exponent)) { return 1.0; }
  if (base == 1.0 && !isNan(base)) { return 1.0; }
  if (isNan(base)) { return base; }
  if (isNan(exponent)) { return exponent; }
  let size = abs(base);
  let times = abs(exponent);
  let isWhole = isInfinite(exponent) || floor(times) == times;
  let isOdd = isWhole && times < 16777216.0 && (u32(min(times, 16777216.0)) & 1u) == 1u;
  var result: f32;
  if (isInfinite(exponent)) {
    if (size == 1.0) { result = 1.0; } else { result = select(0.0, infinityOf(), (size > 1.0) == (exponent > 0.0)); }
  } else if (size == 0.0) {
    result = select(infinityOf(), 0.0, exponent > 0.0);
  } else if (isInfinite(size)) {
    result = select(0.0, infinityOf(), exponent > 0.0);
  } else if (size == 1.0) {
    result = 1.0;
  } else if (isWhole && times <= 128.0) {
    result = 1.0;
    for (var turn = 0.0; turn < times; turn += 1.0) { result = result * size; }
    if (exponent < 0.0) { result = 1.0 / result; }
  } else {
    result = expOf(exponent * logOf(size));
  }
  if (bitcast<u32>(base) >> 31u == 1u) {
    if (isOdd) { result = -result; }
    if (!isWhole && size > 0.0 && isFinite(size)) { result = nanOf(); }
  }
  return result;
}`,
  // a − ⌊a/b⌋·b with the divisor's sign, exact: multiples b·2ᵏ are subtracted, starting with the largest.
  remainderOf: `fn remainderOf(x: f32, y: f32) -> f32 {
  if (isNan(y)) { return y; }
  if (!isFinite(x) || y == 0.0) { return nanOf(); }
  var rest = abs(x);
  let divisor = abs(y);
  var step = divisor;
  if (isInfinite(y)) { rest = abs(x); } else {
    for (var turn = 0; turn < 280; turn++) { if (step <= rest * 0.5) { step = step * 2.0; } else { break; } }
    for (var turn = 0; turn < 280; turn++) {
      if (rest >= step) { rest = rest - step; }
      if (step > divisor) { step = step * 0.5; } else { break; }
    }
  }
  if (x < 0.0) { rest = -rest; }
  if (rest < 0.0 && y > 0.0) { rest = rest + y; }
  if (rest > 0.0 && y < 0.0) { rest = rest + y; }
  return rest;
}`,
};
