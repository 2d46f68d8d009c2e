/** @file Exact tails of counts: binomial, Poisson-binomial and sums of independent parts. */
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

/** Above this largest sum the tail uses the normal with a continuity correction. */
const exactSum = 2000;

/**
 * P(X ≥ k) for a sum X of independent parts, integers with their own distributions.
 *
 * @param parts `parts[i][h]` = P(part i is h), each summing to 1
 */
export function sumTail(parts: readonly ArrayLike<number>[], k: number): number {
  const most = parts.reduce((sum, { length }) => sum + length - 1, 0);
  if (k <= 0) return 1;
  if (k > most) return 0;
  if (most > exactSum) return normalSumTail(parts, k);
  const mass = new Float64Array(most + 1); // mass[i] = P(the parts so far sum to i)
  mass[0] = 1;
  let reach = 0;
  for (const part of parts) {
    reach += part.length - 1;
    for (let i = reach; i >= 0; i--) {
      let sum = 0;
      for (let h = Math.min(i, part.length - 1); h >= 0; h--) sum += mass[i - h]! * part[h]!;
      mass[i] = sum;
    }
  }
  let sum = 0;
  for (let i = most; i >= k; i--) sum += mass[i]!;
  return Math.min(1, sum);
}

function normalSumTail(parts: readonly ArrayLike<number>[], k: number): number {
  let mean = 0;
  let variance = 0;
  for (const part of parts) {
    let first = 0;
    let second = 0;
    for (let h = 1; h < part.length; h++) {
      first += h * part[h]!;
      second += h * h * part[h]!;
    }
    mean += first;
    variance += second - first * first;
  }
  if (variance === 0) return k <= mean ? 1 : 0;
  return normalTail((k - 0.5 - mean) / Math.sqrt(variance));
}

/**
 * P(X ≥ k) for a sum of independent Bernoulli variables with probabilities `chances`.
 *
 * @param chances each in [0, 1]
 */
export const poissonBinomialTail = (chances: ArrayLike<number>, k: number): number =>
  sumTail(
    Array.from(chances, (p) => [1 - p, p]),
    k,
  );

/** P(at least one of `count` independent tests has a p-value ≤ p) = 1 − (1 − p)^count. */
export const anyOf = (p: number, count: number): number =>
  p >= 1 ? 1 : -Math.expm1(count * Math.log1p(-p));
