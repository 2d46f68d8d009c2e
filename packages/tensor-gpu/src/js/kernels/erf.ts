const SERIES_LIMIT = 3;
const FRACTION_DEPTH = 60;
const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/** Error function in double precision. @see Abramowitz & Stegun 1964, equations 7.1.6 and 7.1.14 */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) < SERIES_LIMIT) return series(x);
  return x > 0 ? 1 - fraction(x) : fraction(-x) - 1;
}

/** 1 − erf(x), without loss of precision where erf(x) is close to 1. */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) < SERIES_LIMIT) return 1 - series(x);
  return x > 0 ? fraction(x) : 2 - fraction(-x);
}

/** erf(x) = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3···(2n+1)): all terms have the same sign, so nothing cancels. */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return TWO_OVER_ROOT_PI * Math.exp(-x * x) * sum;
}

/** erfc(x) for x ≥ 3 by the continued fraction x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …))), evaluated from its far end. */
function fraction(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0;
  let denominator = x;
  for (let n = FRACTION_DEPTH; n >= 1; n--) denominator = x + n / 2 / denominator;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * denominator);
}
