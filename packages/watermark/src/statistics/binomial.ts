/** @file Exact tails of counts: binomial and Poisson-binomial. */
import { logGamma } from "./gamma";
import { normalTail } from "./normal";

/**
 * P(X ≥ k) for X ~ Binomial(n, p), summed from k away from the mode.
 *
 * @param p in (0, 1)
 */
export function binomialTail(n: number, k: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  const logTerm = (i: number) =>
    logGamma(n + 1) -
    logGamma(i + 1) -
    logGamma(n - i + 1) +
    i * Math.log(p) +
    (n - i) * Math.log1p(-p);
  if (k <= n * p) {
    let term = Math.exp(logTerm(k - 1));
    let below = 0;
    for (let i = k - 1; i >= 0 && term > 1e-18 * below; i--) {
      below += term;
      term *= (i * (1 - p)) / ((n - i + 1) * p);
    }
    return Math.max(0, 1 - below);
  }
  let term = Math.exp(logTerm(k));
  let sum = 0;
  for (let i = k; i <= n && term > 1e-18 * sum; i++) {
    sum += term;
    term *= ((n - i) * p) / ((i + 1) * (1 - p));
  }
  return Math.min(1, sum);
}

/** Above this many trials the Poisson-binomial tail uses the normal with a continuity correction. */
const exactTrials = 2000;

/**
 * P(X ≥ k) for a sum of independent coins with probabilities `chances`.
 *
 * @param chances each in [0, 1]
 */
export function poissonBinomialTail(chances: ArrayLike<number>, k: number): number {
  const n = chances.length;
  if (k <= 0) return 1;
  if (k > n) return 0;
  if (n > exactTrials) {
    let mean = 0;
    let variance = 0;
    for (let i = 0; i < n; i++) {
      mean += chances[i]!;
      variance += chances[i]! * (1 - chances[i]!);
    }
    if (variance === 0) return k <= mean ? 1 : 0;
    return normalTail((k - 0.5 - mean) / Math.sqrt(variance));
  }
  const mass = new Float64Array(n + 1); // mass[i] = P(i heads so far)
  mass[0] = 1;
  for (let trial = 0; trial < n; trial++) {
    const p = chances[trial]!;
    for (let i = trial + 1; i > 0; i--) mass[i] = mass[i]! * (1 - p) + mass[i - 1]! * p;
    mass[0] = mass[0]! * (1 - p);
  }
  let sum = 0;
  for (let i = n; i >= k; i--) sum += mass[i]!;
  return Math.min(1, sum);
}

/** P(at least one of `count` independent tests has a p-value ≤ p) = 1 − (1 − p)^count. */
export const anyOf = (p: number, count: number): number =>
  p >= 1 ? 1 : -Math.expm1(count * Math.log1p(-p));
