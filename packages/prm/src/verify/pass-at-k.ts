import { passAtK as estimate } from "@deepgrain/support";
import { whole } from "../errors";

/**
 * The probability that one of k samples is right, estimated without bias from c right ones among n:
 * `1 − C(n−c, k)/C(n, k)`.
 *
 * @throws {PrmError} `ERR_RANGE` unless 0 ≤ c ≤ n and 1 ≤ k ≤ n
 * @see Chen et al. 2021 (HumanEval), section 2.1
 */
export function passAtK(n: number, c: number, k: number): number {
  whole("passAtK", "n", n, { min: 1 });
  whole("passAtK", "c", c, { min: 0, max: n });
  whole("passAtK", "k", k, { min: 1, max: n });
  return estimate(n, c, k);
}
