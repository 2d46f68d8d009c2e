/** @file The probability that the true value has the largest count. */
import { logGamma } from "./gamma";
import { largestCellMass } from "./largest-cell";

/** P(X = k) for X ~ Binomial(n, p), all k. */
export function binomialMass(n: number, p: number): Float64Array {
  const mass = new Float64Array(n + 1);
  if (p <= 0 || p >= 1) {
    mass[p <= 0 ? 0 : n] = 1;
    return mass;
  }
  const logAll = logGamma(n + 1);
  for (let k = 0; k <= n; k++)
    mass[k] = Math.exp(
      logAll - logGamma(k + 1) - logGamma(n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p),
    );
  return mass;
}

/**
 * P(X = k) for a count of n tokens that fall to one of `parts` parts by their context, all k: beta-binomial, since
 * few, frequent contexts are distributed unevenly.
 *
 * @param contexts effective number of contexts, 1/Σ p²
 */
export function dealtMass(n: number, parts: number, contexts: number): Float64Array {
  const [a, b] = [contexts / parts, contexts - contexts / parts];
  const logBeta = (x: number, y: number) => logGamma(x) + logGamma(y) - logGamma(x + y);
  const start = logGamma(n + 1) - logBeta(a, b);
  return Float64Array.from({ length: n + 1 }, (_, k) =>
    Math.exp(start - logGamma(k + 1) - logGamma(n - k + 1) + logBeta(k + a, n - k + b)),
  );
}

/**
 * P(a Binomial(n, rate) count exceeds the largest of `rivals` independent Binomial(n, rivalRate) counts), ties broken
 * at random: Σ_k P(X = k)·(F(k)^(M+1) − F(k−1)^(M+1)) / ((M + 1)(F(k) − F(k−1))).
 */
export function winChance(n: number, rate: number, rivalRate: number, rivals: number): number {
  const own = binomialMass(n, rate);
  const other = binomialMass(n, rivalRate);
  let chance = 0;
  let above = 1; // P(rival > k), summed from the far end so that tiny tails keep their precision
  const tails = new Float64Array(n + 1);
  for (let k = n, tail = 0; k >= 0; k--) {
    tails[k] = tail;
    tail += other[k]!;
  }
  for (let k = 0; k <= n; k++) {
    const beyond = Math.min(1, tails[k]!);
    const power = Math.exp((rivals + 1) * Math.log1p(-beyond));
    const before = above >= 1 ? 0 : Math.exp((rivals + 1) * Math.log1p(-above));
    const width = above - beyond;
    const isWide = width > 1e-12;
    chance +=
      own[k]! *
      (isWide ? (power - before) / ((rivals + 1) * width) : Math.exp(rivals * Math.log1p(-beyond)));
    above = beyond;
  }
  return Math.min(1, chance);
}

/**
 * P(the true one of `rivals` + 1 cells holds the most of n balls), where each ball falls into it with probability
 * `rate` and otherwise uniformly into the others: the fewer it has, the more they have. A tie is lost half of the
 * time.
 */
export function fullestChance(n: number, rate: number, rivals: number): number {
  let chance = 0;
  binomialMass(n, rate).forEach((p, k) => {
    if (p < 1e-12) return;
    const others = largestCellMass(n - k, rivals);
    let below = 0;
    for (let most = 0; most < k && most < others.length; most++) below += others[most]!;
    chance += p * (below + 0.5 * (others[k] ?? 0));
  });
  return Math.min(1, chance);
}
