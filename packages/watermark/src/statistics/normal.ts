/** @file The normal distribution: tails to full relative accuracy, and quantiles. */

/**
 * Complementary error function, by its series below 2 and its continued fraction above; relative
 * error below 1e-13 until it underflows near x = 27.
 */
function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
      if (n > 200) break;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let k = 120; k > 0; k--) fraction = k / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

/**
 * The upper tail of the standard normal, P(Z ≥ z) = ½ erfc(z / √2).
 *
 * @param z any real
 * @returns a probability; 0 only below the smallest double
 */
export const normalTail = (z: number): number => 0.5 * erfc(z / Math.SQRT2);

/**
 * The z with P(Z ≤ z) = p, by bisection on the tail.
 *
 * @param p in (0, 1)
 */
export function normalQuantile(p: number): number {
  if (p > 0.5) return tailQuantile(1 - p);
  return -tailQuantile(p);
}

/** The z ≥ 0 with P(Z ≥ z) = tail, for tails from 0.5 down to the smallest double. */
export function tailQuantile(tail: number): number {
  let low = 0;
  let high = 40;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
