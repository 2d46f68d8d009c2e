/**
 * The probability that one of k samples is right, from c right ones among n: `1 − C(n−c, k)/C(n, k)`, computed as
 * `1 − Π_{j=n−c+1..n} (1 − k/j)`.
 *
 * @param n samples, at least 1
 * @param c right samples, 0 ≤ c ≤ n; the caller checks
 * @param k 1 ≤ k ≤ n; the caller checks
 * @see Chen et al. 2021 (HumanEval), section 2.1
 */
export function passAtK(n: number, c: number, k: number): number {
  if (n - c < k) return 1;
  let none = 1;
  for (let j = n - c + 1; j <= n; j++) none *= 1 - k / j;
  return 1 - none;
}
