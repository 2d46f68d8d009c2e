/** @file Elementary functions in gpu.js's JavaScript, where the built-in ones are missing or lose precision. */

/** Each as source; parameters and results are float32 numbers. */
export const MATH_FUNCTIONS: readonly string[] = [
  // The built-in functions return numbers for NaN and below 0 on some devices.
  `function expOf(x) {
    let result = Math.exp(x);
    if (isNan(x) > 0) { result = x; }
    return result;
  }`,
  `function logOf(x) {
    let result = Math.log(x);
    if (x < 0) { result = nanOf(x); }
    if (x == 0) { result = -infinityOf(x); }
    if (isNan(x) > 0) { result = x; }
    return result;
  }`,
  // Sine of quarter·π/2 + x by a polynomial of the remainder after whole quarters.
  // Moshier 1989, "Methods and programs for mathematical functions", section 3.1
  `function sinOfQuarter(x, quarter) {
    const r = 1.5707963267948966 * restOf(x);
    const z = r * r;
    const place = quartersOf(x) + quarter;
    const half = Math.floor(place * 0.5);
    let result = r + r * z * (-0.16666654611 + z * (0.0083321608736 - z * 0.00019515295891));
    if (place - 2 * half > 0.5) {
      result = 1 - 0.5 * z + z * z * (0.04166664568298827 + z * (-0.001388731625493765 + z * 0.00002443315711809948));
    }
    if (half - 2 * Math.floor(half * 0.5) > 0.5) { result = -result; }
    if (Math.abs(x) > 3.4028234663852886e38) { result = nanOf(x); }
    if (isNan(x) > 0) { result = x; }
    return result;
  }`,
  "function sinOf(x) { return sinOfQuarter(x, 0); }",
  "function cosOf(x) { return sinOfQuarter(x, 1); }",
  // 0·x: NaN where x is not finite.
  `function zeroTimes(x) {
    let result = 0;
    if (Math.abs(x) > 3.4028234663852886e38) { result = nanOf(x); }
    if (isNan(x) > 0) { result = x; }
    return result;
  }`,
  // x clamped to a range beyond which every slope is constant, so that ∞·0 does not occur.
  `function bounded(x) {
    let result = x;
    if (x > 1000) { result = 1000; }
    if (x < -1000) { result = -1000; }
    if (isNan(x) > 0) { result = x; }
    return result;
  }`,
  // x·gate, where a closed gate gives 0 even for −∞.
  `function gated(x, gate) {
    let result = x * gate;
    if (gate == 0) { result = 0; }
    return result;
  }`,
  // e^x − 1: the series where the difference would cancel.
  `function expMinus1(x) {
    let result = expOf(x) - 1;
    if (Math.abs(x) < 0.5) {
      result = x * (1 + x * (0.5 + x * (0.16666666666666666 + x * (0.041666666666666664 + x * (0.008333333333333333 +
        x * (0.001388888888888889 + x * (0.0001984126984126984 + x * 0.0000248015873015873)))))));
    }
    return result;
  }`,
  // log(1 + x) = 2·artanh(x/(2 + x)), by its series near 0.
  `function logOnePlus(x) {
    let result = logOf(1 + x);
    if (Math.abs(x) < 0.5) {
      const s = x / (2 + x);
      const q = s * s;
      result = 2 * s * (1 + q * (0.3333333333333333 + q * (0.2 + q * (0.14285714285714285 + q * (0.1111111111111111 +
        q * (0.09090909090909091 + q * (0.07692307692307693 + q * 0.06666666666666667)))))));
    }
    return result;
  }`,
  // Written by e^(−2|x|), which cannot overflow.
  `function tanhOf(x) {
    const t = expMinus1(-2 * Math.abs(x));
    let result = -t / (t + 2);
    if (x < 0) { result = -result; }
    return result;
  }`,
  "function sigmoidOf(x) { return 1 / (1 + expOf(-x)); }",
  `function softplusOf(x) {
    let positive = x;
    if (x < 0) { positive = 0; }
    return positive + logOnePlus(expOf(-Math.abs(x)));
  }`,
  // Chebyshev fit of relative error below 1.2e-7. Press et al. 1992, "Numerical recipes in C", section 6.2
  `function erfcOf(x) {
    const z = Math.abs(x);
    const t = 1 / (1 + 0.5 * z);
    const inner = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806 +
      t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
    let result = t * expOf(-z * z + inner);
    if (x < 0) { result = 2 - result; }
    return result;
  }`,
  // Near 0 by the series 2/√π·Σ (−1)ⁿ x^(2n+1)/(n!(2n+1)).
  `function erfOf(x) {
    let result = 1 - erfcOf(x);
    if (Math.abs(x) < 0.75) {
      const q = x * x;
      result = 1.1283791670955126 * x * (1 - q * (0.3333333333333333 - q * (0.1 - q * (0.023809523809523808 -
        q * (0.004629629629629629 - q * (0.0007575757575757576 - q * (0.00010683760683760684 - q * 0.000013227513227513228)))))));
    }
    return result;
  }`,
  "function normalCdf(x) { return 0.5 * erfcOf(-x * 0.7071067811865476); }",
  "function geluInner(x) { return 0.7978845608028654 * (x + 0.044715 * x * x * x); }",
  "function siluOf(x) { return gated(x, sigmoidOf(x)); }",
  `function siluSlope(x) { return sigmoidOf(x) * (1 + bounded(x) * sigmoidOf(-x)); }`,
  // Half to even; beyond 2²³ every number is an integer.
  `function roundOf(x) {
    let result = x;
    if (Math.abs(x) < 8388608) {
      const low = Math.floor(x);
      const rest = x - low;
      result = low;
      if (rest > 0.5) { result = low + 1; }
      if (rest == 0.5) { if (low - 2 * Math.floor(low * 0.5) > 0.5) { result = low + 1; } }
    }
    return result;
  }`,
  // IEEE 754's power. Small whole exponents by multiplication, the others by exp and log of |base|.
  `function powOf(base, exponent) {
    const size = Math.abs(base);
    const times = Math.abs(exponent);
    const whole = Math.floor(times);
    const isWhole = times - whole;
    let result = expOf(exponent * logOf(size));
    let odd = 0;
    if (isWhole == 0) {
      odd = whole - 2 * Math.floor(whole * 0.5);
      if (times >= 16777216) { odd = 0; }
    }
    if (size == 1) { result = 1; }
    if (size == 0) { if (exponent > 0) { result = 0; } }
    if (isWhole == 0) {
      if (times <= 128) {
        result = 1;
        for (let turn = 0; turn < times; turn++) { result = result * size; }
        if (exponent < 0) { result = 1 / result; }
      }
    }
    if (base < 0) {
      if (odd > 0.5) { result = -result; }
      if (isWhole > 0) { if (size <= 3.4028234663852886e38) { result = nanOf(base); } }
    }
    if (isNan(base) > 0) { result = base; }
    if (isNan(exponent) > 0) { result = exponent; }
    if (base == 1) { result = 1; }
    if (exponent == 0) { result = 1; }
    return result;
  }`,
  // a − ⌊a/b⌋·b with the divisor's sign, exact: multiples b·2ᵏ are subtracted, starting with the largest.
  `function remainderOf(a, b) {
    let rest = Math.abs(a);
    const divisor = Math.abs(b);
    let step = divisor;
    if (divisor > 0) {
      if (rest <= 3.4028234663852886e38) {
        for (let turn = 0; turn < 280; turn++) { if (step <= rest * 0.5) { step = step * 2; } }
        for (let turn = 0; turn < 280; turn++) {
          if (rest >= step) { rest = rest - step; }
          if (step > divisor) { step = step * 0.5; }
        }
        if (a < 0) { rest = -rest; }
        if (rest < 0) { if (b > 0) { rest = rest + b; } }
        if (rest > 0) { if (b < 0) { rest = rest + b; } }
      } else { rest = nanOf(a); }
    } else { rest = nanOf(a); }
    if (isNan(a) > 0) { rest = a; }
    if (isNan(b) > 0) { rest = b; }
    return rest;
  }`,
];
