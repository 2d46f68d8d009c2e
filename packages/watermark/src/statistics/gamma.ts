/** @file The gamma function's logarithm and the regularised incomplete gamma function. */

const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x above 0, by Lanczos' approximation (g = 7, 9 terms). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  let sum = 0.9999999999998099;
  lanczos.forEach((c, i) => {
    sum += c / (shifted + i + 1);
  });
  const t = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

/**
 * Q(n, s) = P(X ≥ s) for X ~ Gamma(n, 1): by series when s < n + 1, else by continued fraction.
 *
 * @param n shape, above 0
 * @param s any real; at or below 0 the tail is 1
 */
export function gammaTail(n: number, s: number): number {
  if (s <= 0) return 1;
  const front = Math.exp(n * Math.log(s) - s - logGamma(n));
  if (s < n + 1) {
    let term = 1 / n;
    let sum = term;
    for (let k = 1; term > 1e-17 * sum && k < 10_000; k++) {
      term *= s / (n + k);
      sum += term;
    }
    return Math.max(0, 1 - front * sum);
  }
  // Lentz's method for 1/(s+1-n- 1(1-n)/(s+3-n- ...)).
  let b = s + 1 - n;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 10_000; k++) {
    const a = -k * (k - n);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    const step = c * d;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return Math.min(1, front * fraction);
}
