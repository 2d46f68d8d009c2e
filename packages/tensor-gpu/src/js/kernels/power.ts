/** IEEE 754 power: unlike JavaScript's, 1 to any power is 1 (even NaN), and (−1)^±∞ is 1. */
export function power(base: number, exponent: number): number {
  if (base === 1) return 1;
  if (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY) return 1;
  return base ** exponent;
}

/** Power of int32 numbers, wrapping. A negative exponent gives 1/baseⁿ truncated, and 0 for base 0. */
export function integerPower(base: number, exponent: number): number {
  if (exponent < 0) {
    if (base === 1) return 1;
    if (base === -1) return exponent % 2 === 0 ? 1 : -1;
    return 0;
  }
  let result = 1;
  for (let rest = exponent, square = base; rest > 0; rest >>>= 1) {
    if (rest & 1) result = Math.imul(result, square);
    square = Math.imul(square, square);
  }
  return result;
}
