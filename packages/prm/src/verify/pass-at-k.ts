import { checkCount } from "../check";

/**
 * The probability that one of k samples is right, from c right ones among n: `1 − C(n−c, k)/C(n, k)`, computed as
 * `1 − Π_{j=n−c+1..n} (1 − k/j)`.
 *
 * @throws {PrmError} `ERR_RANGE` unless 0 ≤ c ≤ n and 1 ≤ k ≤ n
 * @see Chen et al. 2021 (HumanEval), section 2.1
 */
export function passAtK(n: number, c: number, k: number): number {
  checkCount("passAtK", "n", n);
  checkCount("passAtK", "c", c, 0);
  checkCount("passAtK", "k", k);
  checkCount("passAtK", "n − c", n - c, 0);
  checkCount("passAtK", "n − k", n - k, 0);
  if (n - c < k) return 1;
  let none = 1;
  for (let j = n - c + 1; j <= n; j++) none *= 1 - k / j;
  return 1 - none;
}
